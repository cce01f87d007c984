"""What one field of an object holds is in no other; what an injected object's own call takes comes from the request."""

import os

from fastapi import Depends, FastAPI, Request

app = FastAPI()


class Runner:
    def __init__(self, tool, label=None):
        self.tool = tool
        self.label = label or ""

    def run(self, rest):
        line = self.tool + rest
        return os.system(line)

    def named(self):
        return os.system("echo " + self.label)  # $ alert


class Client:
    def __init__(self, tool, label=None):
        self.runner = Runner(tool, label)

    def send(self):
        self.runner.run(" -v")
        self.runner.named()


def labelled(request: Request):
    given = request.headers.get("X-Label")
    return f"{given},own"


@app.get("/tools")
def tools(request: Request):
    for tool in configured():
        Client(tool, labelled(request)).send()


class Session:
    def __init__(self, enforce):
        self.enforce = enforce

    def __call__(self, name: str):
        return Known(name)


class Known:
    def __init__(self, name):
        self.name = name
        self.age = 1


@app.get("/sessions/{key}")
def sessions(session=Depends(Session(enforce=False))):
    os.system("finger " + session.name)  # $ alert
    os.system(f"sleep {session.age}")
