"""Transactions of Node that a function begins and commits by hand: what becomes of them when something in between fails.

https://node-postgres.com/features/transactions, https://sequelize.org/docs/v6/other-topics/transactions/#unmanaged-transactions
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.written import last_word, written

_BEGIN = re.compile(r"\s*(?:BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
_COMMIT = re.compile(r"\s*(?:COMMIT|END)\b", re.IGNORECASE)
_ROLLBACK = re.compile(r"\s*ROLLBACK\b(?!\s+TO\b)", re.IGNORECASE)
_STATEMENTS = frozenset(("query", "execute", "exec", "run", "raw", "queryRaw", "unsafe"))
_GIVING = frozenset(("transaction", "startTransaction", "beginTransaction", "begin"))  # a transaction
_STARTING = frozenset(("startTransaction", "beginTransaction"))  # one on their receiver
_COMMITS = frozenset(("commit", "commitTransaction"))
_GIVES_UP = re.compile(r"rollback|abort", re.IGNORECASE)
_CLOSES = frozenset(("end", "close", "destroy", "endSession", "disconnect", "terminate"))  # a pool keeps what is only released
_TELLS = frozenset("log error warn info debug trace captureException status send json next reject push".split())


@dataclass(frozen=True, slots=True)
class Begun:
    """A transaction, by the object that it is committed on; `own`: a variable of the function that begins it."""

    holder: str
    call: ir.Call
    own: bool


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A transaction that a failure leaves open: `handler` takes the failure, None where nothing does."""

    begun: Begun
    handler: ir.Handler | None


def forgotten(function: ir.Function) -> Iterator[Forgotten]:
    """The transactions that nothing rolls back when a write before the commit fails."""
    nodes = list(ir.walk_scope(*function.body))
    for begun in _begun(nodes):
        commits = [one for one in nodes if isinstance(one, ir.Call) and _commits(one, begun.holder) and one.at > begun.call.at]
        if not commits or not _works(nodes, begun.call, commits[-1]):
            continue
        around = [one for one in nodes if isinstance(one, ir.Try) and _within(commits[-1], one.body)]
        after = [one for one in nodes if around and one.at > around[0].end]
        rescue = [part for one in around for part in (*one.handlers, *one.final)]
        later = [
            one for each in nodes if isinstance(each, ir.Lambda) for one in each.function.body
        ]  # `.catch(() => tx.rollback())`
        maker = written(begun.call.func.value) if isinstance(begun.call.func, ir.Attribute) else ""
        if _ended([*rescue, *after, *later], frozenset((begun.holder, maker))):
            continue
        taking = [one for one in around if one.handlers]
        yield Forgotten(begun, taking[-1].handlers[0] if taking else None)


def _begun(nodes: Sequence[ir.Node]) -> Iterator[Begun]:
    given: dict[int, str] = {}
    declared = {name for one in nodes if isinstance(one, ir.Assign) and one.declares for name in map(last_word, one.targets)}
    for node in nodes:
        target = node.targets[0] if isinstance(node, ir.Assign) and len(node.targets) == 1 else None
        call = node.value.value if isinstance(node, ir.Assign) and isinstance(node.value, ir.Await) else None
        if isinstance(target, (ir.Name, ir.Attribute)) and isinstance(call, ir.Call):
            given[id(call)] = written(target)
    for node in nodes:
        if isinstance(node, ir.Call) and (holder := _of_function(node, _STARTING)):
            yield Begun(holder, node, holder in declared)
        if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or not _by_hand(node):
            continue
        name, receiver = node.func.attr, written(node.func.value)
        if name in _GIVING and id(node) in given:
            yield Begun(given[id(node)], node, given[id(node)] in declared)
        elif name in _STARTING or _says(node, _BEGIN):
            yield Begun(receiver, node, receiver in declared)


def _of_function(node: ir.Call, names: frozenset[str]) -> str:
    """`startTransaction(connection)`, `commit(connection)`: the connection."""
    named = isinstance(node.func, ir.Name) and node.func.id in names and len(node.args) == 1
    first = node.args[0].value if named else None
    return written(first) if isinstance(first, (ir.Name, ir.Attribute)) else ""


def _by_hand(node: ir.Call) -> bool:
    """Whether no function is handed over, around which the library commits and rolls back itself."""
    if _says(node, _BEGIN):
        return True
    return all(isinstance(arg.value, ir.Container) and arg.value.kind == "dict" for arg in node.args)


def _says(node: ir.Call, pattern: re.Pattern[str]) -> bool:
    """Whether a call runs a statement of that kind: `client.query("BEGIN")`."""
    first = node.args[0].value if node.args and last_word(node.func) in _STATEMENTS else None
    if isinstance(first, ir.Template) and first.parts:
        first = first.parts[0]
    return isinstance(first, ir.Const) and isinstance(first.value, str) and pattern.match(first.value) is not None


def _commits(node: ir.Call, holder: str) -> bool:
    if _of_function(node, _COMMITS) == holder:
        return True
    if not isinstance(node.func, ir.Attribute) or written(node.func.value) != holder:
        return False
    return node.func.attr in _COMMITS or _says(node, _COMMIT)


def _works(nodes: Sequence[ir.Node], begin: ir.Call, commit: ir.Call) -> bool:
    """Whether something runs in between that may fail."""
    return any(isinstance(one, (ir.Await, ir.Call)) and begin.end <= one.at and one.end <= commit.at for one in nodes)


def _within(node: ir.Node, body: Sequence[ir.Node]) -> bool:
    return any(one.at <= node.at and node.end <= one.end for one in body)


def _ended(nodes: Sequence[ir.Node], holders: frozenset[str]) -> bool:
    """Whether `nodes` roll back, close the connection or what has made it, end the process, or hand the transaction on."""
    return any(_ends(one, holders) for one in ir.walk(*nodes) if isinstance(one, ir.Call))


def _ends(node: ir.Call, holders: frozenset[str]) -> bool:
    name = last_word(node.func)
    if _GIVES_UP.search(name) or _says(node, _ROLLBACK) or written(node.func) == "process.exit":
        return True
    if isinstance(node.func, ir.Attribute) and written(node.func.value) in holders:
        return name in _CLOSES or (name == "release" and bool(node.args))
    return name not in _TELLS and any(written(arg.value) in holders for arg in node.args)
