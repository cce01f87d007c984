"""Concepts of objects whose fields are named from outside: updated, merged, called, written to. As in `concepts.py`."""

from dataclasses import dataclass
from typing import ClassVar

from backend_audit.flow.concepts import Concept, Operand


@dataclass(frozen=True, slots=True)
class ObjectUpdate(Concept):
    """Attributes of a stored object are set by name from a mapping."""

    data: Operand | None = None  # `**` is the mapping that is spread
    name: Operand | None = None  # the attribute's name where one is set
    value: Operand | None = None
    whole: bool = False  # nothing is known about the receiver: only what came in as a whole counts
    into: Operand | None = None  # the object, where it is an argument: any object, so that it must be seen to be stored


@dataclass(frozen=True, slots=True)
class ObjectMerge(Concept):
    """What an object holds goes into another one, at every depth, under the names that it has there."""

    data: Operand | None = None  # an object, or a list of them
    path: Operand | None = None  # where one value goes: names with dots between, or a list of names
    deep: Operand | None = None  # given: only where it is True
    safe_since: str = ""  # libraries, each with its first release that refuses such names: `lodash 4.17.12|lodash.merge 4.6.2`


@dataclass(frozen=True, slots=True)
class MemberCall(Concept):
    """What an object holds under a name that comes from outside is called; made by the interpreter."""

    member: Operand | None = None


@dataclass(frozen=True, slots=True)
class MemberWrite(Concept):
    """What an object holds under a name that comes from outside is written to; made by the interpreter."""

    member: Operand | None = None
    name: Operand | None = None  # instead, the name, where callers say which it is


@dataclass(frozen=True, slots=True)
class TextTest(Concept):
    """Something is asked as texts and arrays can be asked, with other answers; made by the interpreter of JavaScript."""

    itself: ClassVar[bool] = True
    text: Operand | None = None
    wanted: Operand | None = None  # what is looked for in it; None of a length
    method: str = "length"


@dataclass(frozen=True, slots=True)
class StaticFiles(Concept):
    """The files below a folder are handed out under their names."""

    root: Operand | None = None
    lists: bool = False  # and listed


@dataclass(frozen=True, slots=True)
class EnvironmentWrite(Concept):
    """A variable of the process' environment is set."""

    key: Operand | None = None
    value: Operand | None = None


@dataclass(frozen=True, slots=True)
class UploadName(Concept):
    """An uploaded file gets the name, or the path, under which it is stored."""

    name: Operand | None = None
    any_file: bool = False  # any file may be meant: only the name that a client gave to an upload makes it one


@dataclass(frozen=True, slots=True)
class UploadParser(Concept):
    """Uploads of requests are read into memory or onto the disk."""

    options: Operand | None = None
    size: Operand | None = None  # the most bytes of one file
    limits: Operand | None = None
    storage: Operand | None = None
    memory: bool = False  # it keeps them in memory unless it is told otherwise
    elsewhere: bool = False  # another place may bound them for all
