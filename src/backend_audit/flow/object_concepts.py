"""Concepts of objects whose names come from outside: merged, set by a path, called or written to. As in `concepts.py`."""

from dataclasses import dataclass

from backend_audit.flow.concepts import Concept, Operand


@dataclass(frozen=True, slots=True)
class ObjectMerge(Concept):
    """What an object holds goes into another one, at every depth, under the names that it has there."""

    data: Operand | None = None  # an object, or a list of them
    path: Operand | None = None  # where one value goes: names with dots between, or a list of names
    deep: Operand | None = None  # given: only where it is True


@dataclass(frozen=True, slots=True)
class MemberCall(Concept):
    """What an object holds under a name that comes from outside is called; made by the interpreter."""

    member: Operand | None = None


@dataclass(frozen=True, slots=True)
class MemberWrite(Concept):
    """What an object holds under a name that comes from outside is written to; made by the interpreter."""

    member: Operand | None = None
