"""Small projects in real git repositories, for the tests of what is new."""

import os
import subprocess
from pathlib import Path

APP = """\
from fastapi import Depends, FastAPI, Request

from store import search
from guards import require_user

app = FastAPI()


@app.get("/items", dependencies=[Depends(require_user)])
def items(request: Request):
    return search(request.query_params["name"])


@app.post("/items", dependencies=[Depends(require_user)])
def add(request: Request):
    return {"id": 1}


@app.delete("/items/{item}", dependencies=[Depends(require_user)])
def drop(item: int):
    return {"id": item}
"""
GUARDS = """\
from fastapi import HTTPException, Request


def require_user(request: Request):
    if request.headers.get("authorization") is None:
        raise HTTPException(401)
    return request.headers["authorization"]
"""
STORE = """\
import sqlite3

connection = sqlite3.connect("shop.db")


def search(name):
    return connection.execute("SELECT * FROM items WHERE name = '%s'" % name).fetchall()


def forget(item):
    try:
        connection.execute("DELETE FROM items WHERE id = ?", (item,))
    except Exception:
        pass
"""
# What a pull request does: a route that asks nobody, an injection, and `forget` is moved and laid out anew.
PULL_APP = (
    APP
    + """

@app.put("/items/{item}")
def change(item: int, request: Request):
    return {"id": item}
"""
)
PULL_STORE = """\
import sqlite3

connection = sqlite3.connect("shop.db")
TABLE = "items"


def forget(item):
        try:
            connection.execute(
                "DELETE FROM items WHERE id = ?",
                (item,),
            )
        except Exception:
            pass


def search(name):
    return connection.execute(
        "SELECT * FROM items WHERE name = '%s'" % name,
    ).fetchall()


def rename(item, name):
    connection.execute(f"UPDATE items SET name = '{name}' WHERE id = {item}")
"""


class Project:
    """A work tree."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        if files:
            self.write(**files)

    def git(self, *arguments: str) -> str:
        """Run git; its output."""
        identity = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", *identity, "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def write(self, **files: str) -> None:
        """Write files: `app__main_py` is app/main.py."""
        for name, text in files.items():
            self.put(name.replace("__", "/").replace("_py", ".py"), text)

    def put(self, path: str, text: str) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def commit(self, message: str = "change") -> str:
        """Commit everything; the commit's hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def pull_request(self) -> None:
        """A branch with one route that asks nobody, one injection, and an old finding moved."""
        self.git("switch", "--quiet", "-c", "feature")
        self.write(app_py=PULL_APP, store_py=PULL_STORE)


def shop(folder: Path) -> Project:
    """The project before the pull request, committed on main."""
    project = Project(folder, app_py=APP, guards_py=GUARDS, store_py=STORE)
    project.commit("first")
    return project
