"""`backend-audit routes`: what it lists, in which form, what changed since an older inventory, what a team declares."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from backend_audit import cli
from backend_audit.audit import scan, survey
from backend_audit.config import load
from backend_audit.inventory import Declared, GuardRow, RoutePattern, RouteRow
from backend_audit.inventory.diff import Kind, compared
from backend_audit.report import Terminal
from backend_audit.report.routes import render_routes
from backend_audit.report.routes_data import render_csv, render_markdown

ROOT = Path(__file__).parent.parent
APP = """
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, WebSocket

from guards import door, require_user

app = FastAPI()
api = APIRouter(prefix="/api")

@api.get("/items/{item_id}")
def item(item_id: int, user=Depends(require_user)): ...

@api.post("/items")
def add(): ...

@api.delete("/items/{item_id}", dependencies=[Depends(door)])
def drop(item_id: int): ...

@api.api_route("/mixed", methods=["GET", "POST"])
def mixed(): ...

@app.get("/health")
def health(): ...

@app.websocket("/feed")
async def feed(socket: WebSocket): ...

app.include_router(api)
"""
GUARDS = """
from fastapi import HTTPException, Request

def require_user(request: Request):
    if request.headers.get("authorization") is None:
        raise HTTPException(401)
    return request.headers["authorization"]

def door(request: Request):
    audit(request)
"""
WAYS = {
    ("GET", "/api/items/{item_id}"): "protected",
    ("POST", "/api/items"): "open",
    ("DELETE", "/api/items/{item_id}"): "open",
    ("GET", "/api/mixed"): "open",
    ("POST", "/api/mixed"): "open",
    ("GET", "/health"): "public",
    ("WS", "/feed"): "open",
}


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def rows(self) -> dict[tuple[str, str], dict[str, object]]:
        return {(row["method"], row["path"]): row for row in json.loads(self.out)}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs `routes` in a project with APP."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.py").write_text(APP, encoding="utf-8")
    (tmp_path / "guards.py").write_text(GUARDS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = cli.run(["routes", "--quiet", *arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


class Plain(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


# --- what is listed --------------------------------------------------------------------------------------------------


def test_bookshop(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.run(["routes", "--isolated", "--quiet", "fixtures/apps/bookshop"]) == 0
    listed = capsys.readouterr().out
    assert listed == snapshot(extension_class=Plain)
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Routes\n")[2]
    assert section.partition("```text\n")[2].partition("```")[0] in listed, "the README shows something else"


def test_json_has_an_object_for_each_method(run: Callable[..., Ran]) -> None:
    ran = run("--format", "json")
    assert ran.code == 0
    assert {way: row["verdict"] for way, row in ran.rows.items()} == WAYS
    item = ran.rows["GET", "/api/items/{item_id}"]
    assert (item["handler"], item["file"], item["line"], item["auth"]) == ("item", "main.py", 10, "required")
    assert item.keys() >= {"why", "guards", "body_validated", "response_schema", "kind", "framework"}
    (guard,) = [one for one in item["guards"] if one["name"] == "require_user"]
    assert guard["does"] == ["authenticates"]
    assert ran.rows["WS", "/feed"]["kind"] == "websocket"


@pytest.mark.parametrize(
    ("arguments", "ways"),
    [
        (["--open"], {way for way, verdict in WAYS.items() if verdict == "open"}),
        (["--method", "post,ws"], {("POST", "/api/items"), ("POST", "/api/mixed"), ("WS", "/feed")}),
        (["--path", "mix"], {("GET", "/api/mixed"), ("POST", "/api/mixed")}),
        (["--path", "/api/*"], {("POST", "/api/items"), ("GET", "/api/mixed"), ("POST", "/api/mixed")}),
        (["--path", "/api/**", "--open", "--method", "DELETE"], {("DELETE", "/api/items/{item_id}")}),
        (["--path", "*xed"], {("GET", "/api/mixed"), ("POST", "/api/mixed")}),
        (["--path", "nowhere"], set()),
    ],
)
def test_filters(run: Callable[..., Ran], arguments: list[str], ways: set[tuple[str, str]]) -> None:
    ran = run("--format", "json", *arguments)
    assert ran.rows.keys() == ways
    assert ran.code == 0
    assert run(*arguments).out.splitlines()[-1].startswith(f"{len(ways)} route")


def test_files_get_the_format_of_their_ending(run: Callable[..., Ran]) -> None:
    ran = run("-o", "r.json", "-o", "r.md", "-o", "r.csv", "-o", "r.txt", "--color", "never")
    assert Path("r.txt").read_text(encoding="utf-8") == ran.out
    assert len(json.loads(Path("r.json").read_text(encoding="utf-8"))) == len(WAYS)
    rows = list(csv.DictReader(io.StringIO(Path("r.csv").read_text(encoding="utf-8"))))
    assert {(row["method"], row["path"]) for row in rows} == set(WAYS)
    assert Path("r.md").read_text(encoding="utf-8").startswith("# Routes\n\n7 routes: 1 protected, 1 public by intent, 5 open\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "does not exist"),
        (["-o", "r.sarif"], "the ending must be one of .txt, .json, .md, .csv"),
        (["--diff", "main.py"], "is no inventory made by `routes --format json`"),
        (["--diff", "main.py", "--format", "csv"], "cannot be written as CSV"),
        (["--method", ","], "names nothing"),
        (["--select", "never-3"], "--select"),
    ],
)
def test_usage_errors(run: Callable[..., Ran], arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_what_could_not_be_read_is_told(run: Callable[..., Ran]) -> None:
    Path("broken.py").write_text("def (:\n", encoding="utf-8")
    ran = run("--format", "json")
    assert ran.code == 3
    assert "broken.py:1:1: error:" in ran.err
    assert ran.rows.keys() == set(WAYS)
    assert run("guards.py").code == 3
    assert "No route was found." in run("guards.py").err


def test_a_survey_says_what_a_scan_says(run: Callable[..., Ran]) -> None:
    Path("templates").mkdir()
    Path("templates/page.html").write_text("{% extends base %}<p>{{ name }}</p>", encoding="utf-8")
    Path("settings.ini").write_text("[a]\n", encoding="utf-8")
    assert run().code == 0
    config = load(Path(), {"semgrep": False}, os.environ)
    assert scan(config, [Path()]).routes == survey(config, [Path()]).routes


# --- how it looks ----------------------------------------------------------------------------------------------------


def route(method: str = "GET", path: str = "/a", **more: object) -> RouteRow:
    values: dict[str, object] = {"handler": "f", "file": "app.py", "line": 1, "auth": "none", "verdict": "open", **more}
    return RouteRow(method=method, path=path, **values)  # type: ignore[arg-type]


def guard(name: str, *does: str) -> GuardRow:
    return GuardRow(name=name, does=does, via="dependency")


def test_narrow_terminals_fold_nothing_that_is_copied() -> None:
    rows = [
        route(path="/a/rather/long/path/{with}/{parameters}", guards=(guard("require_user", "authenticates"),), why="no guard"),
        route("POST", why="nobody is turned away by anything that stands before this handler"),
    ]
    lines = render_routes(rows, Terminal(width=44), of=2).splitlines()
    assert "  open       GET   /a/rather/long/path/{with}/{parameters}" in lines
    assert "      f:1" in lines
    assert all(len(line) <= 44 for line in lines if "/rather/" not in line)


def test_methods_of_one_route_share_a_line_and_guards_that_do_not_run_are_warned_of() -> None:
    rows = [route(method, unapplied=(guard("login_required", "authenticates"),)) for method in ("GET", "POST")]
    text = render_routes(rows, Terminal(), of=3)
    assert "  open       GET,POST  /a" in text
    assert text.count("warning: `login_required` authenticates, but it does not run here") == 1
    assert "2 routes: 2 open (of 3); 2 with a guard that does not run" in text


def test_in_colours_the_names_of_guards_stand_out() -> None:
    rows = [route(verdict="protected", guards=(guard("require_user", "authenticates"),))]
    line = render_routes(rows, Terminal(width=100, colors="standard"), of=1).splitlines()[3]
    assert re.sub(r"\x1b\[[\d;]*m", "", line).strip() == "require_user authenticates"
    quiet, _, rest = line.partition("require_user")
    assert "\x1b[2m" not in quiet.rpartition("\x1b[0m")[2]
    assert "\x1b[2m authenticates" in rest


def test_many_files_with_a_route_each_are_one_table() -> None:
    rows = [route(path=f"/{name}", file=f"{name}.py") for name in "abcdef"]
    lines = render_routes(rows, Terminal(), of=6).splitlines()
    assert lines[0].split() == ["open", "GET", "/a"]
    assert lines[1].strip() == "f a.py:1"


def test_the_scanned_code_cannot_break_a_table() -> None:
    rows = [route(path="/a|b`c\x1b[31m", handler="=cmd()", why="<img> *x* `a|b`")]
    markdown = render_markdown(rows).splitlines()[-1]
    assert "`` /a\\|b`c\\x1b[31m ``" in markdown
    assert "\\<img\\> \\*x\\* `a\\|b`" in markdown
    assert next(csv.DictReader(io.StringIO(render_csv(rows))))["handler"] == "'=cmd()"


# --- what changed ----------------------------------------------------------------------------------------------------

USER, ADMIN, LIMIT = guard("require_user", "authenticates"), guard("require_admin", "authorizes"), guard("limiter", "limits")
PROTECTED = {"auth": "required", "verdict": "protected"}


@pytest.mark.parametrize(
    ("old", "new", "kind", "said"),
    [
        (route(guards=(USER,), **PROTECTED), route(), Kind.LOOSENED, "authentication was required and is none"),
        (route(guards=(USER, ADMIN), **PROTECTED), route(guards=(USER,), **PROTECTED), Kind.LOOSENED, "`require_admin`"),
        (route(guards=(LIMIT,)), route(), Kind.LOOSENED, "`limiter` (limits) is gone"),
        (route(guards=(USER,)), route(unapplied=(USER,)), Kind.LOOSENED, "still written there, and does not run"),
        (route(body_validated=True), route(body_validated=False), Kind.LOOSENED, "the body is no longer validated"),
        (
            route(guards=(guard("g", "authenticates", "authorizes"),), **PROTECTED),
            route(guards=(guard("g", "authenticates"),), **PROTECTED),
            Kind.LOOSENED,
            "`g` no longer authorizes",
        ),
        (route(), route(guards=(USER,), **PROTECTED), Kind.TIGHTENED, "authentication was none and is required"),
        (
            route(guards=(USER,), **PROTECTED),
            route(guards=(guard("current_user", "authenticates"),), **PROTECTED),
            Kind.CHANGED,
            "`current_user` in place of `require_user` (authenticates)",
        ),
        (route(verdict="public"), route(why="no guard"), Kind.CHANGED, "it was public and is open: no guard"),
        (route("ANY", guards=(USER,), **PROTECTED), route("GET"), Kind.LOOSENED, "is none"),
        (route("GET", guards=(USER,), **PROTECTED), route("ANY"), Kind.LOOSENED, "is none"),
        (None, route(), Kind.NEW, ""),
        (route(), None, Kind.GONE, ""),
    ],
)
def test_one_change(old: RouteRow | None, new: RouteRow | None, kind: Kind, said: str) -> None:
    (change,) = compared([old] if old else [], [new] if new else [])
    assert change.kind is kind
    assert said in " ".join(change.reasons)
    assert change.alarming is (kind is Kind.LOOSENED or kind is Kind.NEW)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (route(path="/a/{id}", line=1), route(path="/a/{item_id}/", line=9, handler="g")),
        (route(path="/a/<int:pk>", guards=(guard("get_db", "runs"),)), route(path="/a/<pk>")),
        (route("ANY"), route("POST")),
        (route(guards=(guard("who", "identifies"),), auth="none"), route(guards=(), auth="none")),
    ],
)
def test_no_change(old: RouteRow, new: RouteRow) -> None:
    assert compared([old], [new]) == []


def test_order_and_alarm_of_new_routes() -> None:
    new = [route(path="/a", **PROTECTED), route(path="/b", verdict="public"), route(path="/c")]
    assert [(one.row.path, one.alarming) for one in compared([], new)] == [("/c", True), ("/b", False), ("/a", False)]


def test_two_routes_of_one_path_are_told_apart_by_their_handlers() -> None:
    first, second = route(handler="f", guards=(USER,), **PROTECTED), route(handler="g")
    assert compared([first, second], [second, first]) == []
    (change,) = compared([first, second], [first])
    assert (change.kind, change.row.handler) == (Kind.GONE, "g")


def test_diff_of_a_project(run: Callable[..., Ran]) -> None:
    assert run("-o", "old.json").code == 0
    same = run("--diff", "old.json")
    assert (same.code, same.out) == (0, "No route changed.\n")
    mended = APP.replace("user=Depends(require_user)", "").replace("def add():", "def add(user=Depends(require_user)):")
    mended += '\n@app.get("/fresh")\ndef fresh(): ...\n'
    Path("main.py").write_text(mended.replace("/api/mixed", "/api/other").replace('"/mixed"', '"/other"'), encoding="utf-8")
    ran = run("--diff", "old.json")
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "1 loosened, 3 new (3 open), 1 tightened, 2 gone"
    assert run("--diff", "old.json", "--exit-zero").code == 0
    assert run("--diff", "old.json", "--path", "items", "--method", "POST").code == 0
    changes = json.loads(run("--diff", "old.json", "--format", "json").out)
    assert [one["change"] for one in changes] == ["loosened", "new", "new", "new", "tightened", "gone", "gone"]
    assert changes[0]["old"]["auth"] == "required"
    assert changes[0]["new"]["auth"] == "none"
    markdown = run("--diff", "old.json", "--format", "markdown").out
    assert (
        "## Loosened\n\n* `GET /api/items/{item_id}` (`item main.py:10`)\n  * authentication was required and is none" in markdown
    )


# --- what a team declares --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "method", "path", "covers"),
    [
        ("/status/*", "GET", "/status/db", True),
        ("/status/*", "GET", "/status/db/", True),
        ("/status/*", "GET", "/status", False),
        ("/status/*", "GET", "/status/db/more", False),
        ("/shop/**", "GET", "/shop", True),
        ("/shop/**", "GET", "/shop/a/{id}", True),
        ("/shop/**", "GET", "/shopping", False),
        ("/**/feed", "GET", "/a/b/feed", True),
        ("**.json", "GET", "/a/list.json", True),
        ("GET /shop/**", "POST", "/shop/a", False),
        ("GET,POST /shop/**", "POST", "/shop/a", True),
        ("GET /shop", "", "/shop", False),
        ("/shop", "", "shop/", True),
    ],
)
def test_patterns_of_routes(pattern: str, method: str, path: str, covers: bool) -> None:
    assert RoutePattern.read(pattern).covers((method,) if method else (), path) is covers


@pytest.mark.parametrize(
    ("pattern", "name", "known"),
    [
        ("require_user", "myapp.auth.require_user", True),
        ("*_required", "myapp.auth.login_required", True),
        ("auth.require_user", "myapp.auth.require_user", True),
        ("myapp.*", "myapp.auth.require_user", True),
        ("require", "myapp.auth.require_user", False),
        ("other.require_user", "myapp.auth.require_user", False),
        ("th.require_user", "myapp.auth.require_user", False),
    ],
)
def test_names_of_guards(pattern: str, name: str, known: bool) -> None:
    assert Declared(authorizes=(pattern,)).does([name]) == (frozenset(("authorizes",)) if known else None)
    assert Declared(authorizes=(pattern,), ignored=(pattern,)).does([name]) == (frozenset() if known else None)


def declare(text: str) -> None:
    Path("backend-audit.toml").write_text(f"[guards]\n{text}\n", encoding="utf-8")


def test_declarations_reach_the_verdicts(run: Callable[..., Ran]) -> None:
    assert {way: row["verdict"] for way, row in run("--format", "json").rows.items()} == WAYS
    declare('authenticates = ["guards.door"]\nignored = ["require_*"]\npublic = ["/api/mixed"]\nprotected-by-gateway = ["/feed"]')
    rows = run("--format", "json").rows  # with a warm cache
    assert {way: row["verdict"] for way, row in rows.items()} == {
        **WAYS,
        ("GET", "/api/items/{item_id}"): "open",
        ("DELETE", "/api/items/{item_id}"): "protected",
        ("GET", "/api/mixed"): "public",
        ("POST", "/api/mixed"): "public",
        ("WS", "/feed"): "protected",
    }
    assert rows["DELETE", "/api/items/{item_id}"]["why"] == "`door`, route (declared in the configuration)"
    assert rows["GET", "/api/mixed"]["why"] == "`/api/mixed` is declared in the configuration"
    assert rows["WS", "/feed"]["auth"] == "required"


def test_a_guard_of_a_library_and_one_that_the_handler_calls_can_be_declared(run: Callable[..., Ran]) -> None:
    Path("main.py").write_text(
        "from fastapi import Depends, FastAPI, Request\nfrom house_auth import gate\nfrom guards import door\napp = FastAPI()\n"
        '@app.get("/a", dependencies=[Depends(gate)])\ndef a(): ...\n'
        '@app.get("/b")\ndef b(request: Request):\n    door(request)\n    return 1\n',
        encoding="utf-8",
    )
    assert {row["verdict"] for row in run("--format", "json").rows.values()} == {"open"}
    declare('authenticates = ["house_auth.gate", "door"]')
    assert {row["verdict"] for row in run("--format", "json").rows.values()} == {"protected"}


def test_a_wrong_declaration_is_an_error(run: Callable[..., Ran]) -> None:
    declare('authenticate = ["x"]')
    ran = run()
    assert ran.code == 2
    assert 'unknown key `guards.authenticate`; did you mean "authenticates"?' in ran.err
