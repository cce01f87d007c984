"""Objects that are their fields, changed and turned into mappings."""

import dataclasses
from collections import namedtuple
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from flask import request
from probe import see

Job = namedtuple("Job", "tool name")


class Step(NamedTuple):
    tool: str
    name: str = "x"


@dataclass
class Data:
    tool: str
    name: str


def named_tuples():
    job = Job("ls", request.args["n"])
    other = job._replace(tool=request.args["t"], name="b")
    see(other.tool)  # $ open untrusted
    see(other.name)  # $ const="b"
    see(other[1])  # $ const="b"
    tool, name = other
    see(tool)  # $ open untrusted
    see(name)  # $ const="b"
    see(job._asdict()["tool"])  # $ const="ls"
    see(job._asdict()["name"])  # $ open untrusted
    see(Step(**job._asdict()).tool)  # $ const="ls"
    made = Job._make(["ls", request.args["n"]])
    see(made.tool)  # $ const="ls"
    see(made.name)  # $ open untrusted


def data_classes():
    data = Data("ls", request.args["n"])
    see(replace(data, tool="cp").tool)  # $ const="cp"
    see(replace(data, name="b").name)  # $ const="b"
    see(replace(data, tool=request.args["t"]).tool)  # $ open untrusted
    see(asdict(data)["tool"])  # $ const="ls"
    see(asdict(data)["name"])  # $ open untrusted
    see(dataclasses.astuple(data)[0])  # $ const="ls"
    see(vars(data)["tool"])  # $ const="ls"
