"""Concepts of the work that a request makes: what holds its thread up, what asks the database.

As in `concepts.py`. A timed concept knows the moment of its call: the loops around it, and who waits for it.
"""

from dataclasses import dataclass
from typing import ClassVar

from backend_audit.flow.concepts import Concept, Operand


@dataclass(frozen=True, slots=True)
class BlockingCall(Concept):
    """The thread stands still until the call comes back."""

    timed: ClassVar[bool] = True
    costs: ClassVar[bool] = True
    kind: str = ""  # sleep, network, process, database, hash (a slow one, of passwords), file


@dataclass(frozen=True, slots=True)
class HeavyWork(Concept):
    """The processor is busy for long where the data is big.

    `looped`: only where it is done many times. `files`: it is a `BlockingCall` as well.
    """

    timed: ClassVar[bool] = True
    kind: str = ""  # picture, table, workbook, document, reading (of one), archive, model
    looped: bool = False
    files: bool = False


@dataclass(frozen=True, slots=True)
class DatabaseQuery(Concept):
    """The database is asked something, in a round trip of its own."""

    timed: ClassVar[bool] = True
    statement: str = ""  # the position of the statement, where the call may run any: only one that reads counts
    batched: bool = False  # the library makes one query of several that are asked at the same moment
    guess: bool = False  # nothing is known about the receiver: only what is awaited counts


@dataclass(frozen=True, slots=True)
class QueryBuilding(Concept):
    """A query of a builder begins: what is called on it narrows or cuts it, and waiting for it gives its rows."""

    timed: ClassVar[bool] = True
    table: Operand | None = None


@dataclass(frozen=True, slots=True)
class AnswerCache(Concept):
    """A decorator or middleware keeps answers and gives them to the next caller, by their address."""

    key: Operand | None = None  # what else they are kept by, where the code says so
    public: Operand | None = None  # it only says so to others: True lets shared caches keep them
    timeout: Operand | None = None  # 0: they are not kept
    arguments: bool = False  # they are kept by the arguments of the handler as well


@dataclass(frozen=True, slots=True)
class CallLimit(Concept):
    """A library counts a call, and refuses it where there were too many."""


@dataclass(frozen=True, slots=True)
class CacheWrite(Concept):
    """A value is put into a cache or key-value store. `cache`: it is one by its nature, and not a store of any kind."""

    timed: ClassVar[bool] = True
    key: Operand | None = None
    expiry: Operand | None = None
    cache: bool = False
    defaults: bool = False  # without an expiry that of the settings applies


@dataclass(frozen=True, slots=True)
class DatabaseWrite(Concept):
    """Rows are written, at once and for good unless a transaction is open. `alone`: of a store mostly used without any."""

    timed: ClassVar[bool] = True
    alone: bool = False


@dataclass(frozen=True, slots=True)
class SessionCommit(Concept):
    """A session stores for good what has been handed to it since the last time."""

    timed: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ConnectionOpening(Concept):
    """A connection is opened, or what opens some later is made: meant to last, and to be shared."""

    timed: ClassVar[bool] = True
    kind: str = ""  # connection, pool, engine (a pool with a mapper or dialect), client, http


@dataclass(frozen=True, slots=True)
class CountedLoop(Concept):
    """A loop runs as often as an object says with its `length`; made by the interpreter of JavaScript.

    `site` is where the length is read.
    """

    itself: ClassVar[bool] = True
    counted: Operand | None = None


@dataclass(frozen=True, slots=True)
class CostlyCall(Concept):
    """Each call costs money, or much of the machine."""

    timed: ClassVar[bool] = True
    kind: str = ""  # model (of language, paid by the call), mail (or text message), document (a PDF or sheet), image


@dataclass(frozen=True, slots=True)
class MessageSending(Concept):
    """Something is told to others: whoever listens to a topic, is connected, works on a queue. Specs as `body` of requests."""

    timed: ClassVar[bool] = True
    costs: ClassVar[bool] = True
    content: str = ""  # all arguments, where it is not said
    topic: str = ""
    reach: str = "bus"  # bus, clients (whoever is connected), queue (of jobs)
    guess: bool = False  # nothing is known about the receiver but its name
