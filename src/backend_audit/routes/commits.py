"""Sessions that commit between the writes of one request: each part is stored for itself.

https://docs.sqlalchemy.org/en/20/orm/session_transaction.html
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import SessionCommit
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.library_names import library_name
from backend_audit.routes.transactions import ASIDE, SplitWrite, arms_of, maybe, meet
from backend_audit.routes.work import Work
from backend_audit.source import Mark

_WRITING = frozenset(("add", "add_all", "delete", "merge", "bulk_save_objects", "bulk_insert_mappings"))
_STATEMENTS = frozenset(("insert", "update", "delete"))
_LOOPS = (ir.For, ir.While)


class Commits:
    """Finds the second of two commits of one session between which something else is written, in what requests run."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def concepts(self) -> Iterator[SplitWrite]:
        """One for each function."""
        together: dict[tuple[str, str], list[SessionCommit]] = {}
        for function, concept in self.work.facts.work:
            call = concept.site.call
            if isinstance(concept, SessionCommit) and function.key in self.work.serving and call is not None:
                owner = written(call.func).rpartition(".")[0]
                together.setdefault((function.key, owner), []).append(concept)
        told: set[str] = set()
        for (key, owner), commits in together.items():
            split = self._split(self.work.functions[key], owner, sorted(commits, key=lambda one: one.site.node.at))
            if split is not None and key not in told:
                told.add(key)
                yield split

    def _split(self, function: FunctionSymbol, owner: str, commits: list[SessionCommit]) -> SplitWrite | None:
        arms, writes = arms_of(function.node.body), _writes(self.work.engine, function, owner)
        loops = [(one.at, one.end) for one in function.scope if isinstance(one, _LOOPS)]
        for at, second in enumerate(commits):
            for before, first in enumerate(commits[:at]):
                begin, middle, end = commits[before - 1].site.node.at if before else 0, first.site.node.at, second.site.node.at
                stored, later = _named(writes, begin, middle), _named(writes, middle, end)
                apart = any((start <= middle < stop) != (start <= end < stop) for start, stop in loops)
                if apart or not meet(arms, middle, end) or not stored or not later or stored & later:
                    continue
                mark = Mark(
                    first.site.path, middle, first.site.node.end, f"{first.site.written} has stored {min(stored)} by then"
                )
                way = (*self.work.way(self.work.serving, function), mark)
                return SplitWrite(second.site, mark, first.site.written, way, not maybe(arms, middle, end))
        return None


def _named(writes: list[tuple[int, str]], begin: int, end: int) -> set[str]:
    """What is written between two places, but for what may well be lost."""
    return {name for at, name in writes if begin < at < end and not ASIDE.search(name)}


def _writes(engine: Engine, function: FunctionSymbol, owner: str) -> list[tuple[int, str]]:
    """What a function hands to the session to be written, by the class of it where that is written here."""
    made: dict[str, str] = {}
    read: set[str] = set()
    found: list[tuple[int, str]] = []
    for node in sorted(function.scope, key=lambda one: one.at):
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Call) and isinstance(node.targets[0], ir.Name):
            made[node.targets[0].id] = last_word(node.value.func)
        if isinstance(node, ir.Assign) and node.value is not None:
            targets = [one for one in node.targets if isinstance(one, (ir.Name, ir.Attribute))]
            asked = any(isinstance(one, (ir.Name, ir.Attribute)) and written(one) == owner for one in ir.walk(node.value))
            read.update(one.id for one in targets if isinstance(one, ir.Name) and asked)
            changed = [one.value.id for one in targets if isinstance(one, ir.Attribute) and isinstance(one.value, ir.Name)]
            found += [(node.at, name) for name in changed if name in read]
        if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or not node.args:
            continue
        given = node.args[0].value
        if written(node.func.value) != owner:
            continue
        if node.func.attr in _WRITING:
            called = last_word(given.func) if isinstance(given, ir.Call) else written(given)
            found.append((node.at, made.get(called, called)))
        elif node.func.attr == "execute" and (table := _of_statement(engine, function, given)):
            found.append((node.at, table))
    return found


def _of_statement(engine: Engine, function: FunctionSymbol, node: ir.Expr) -> str:
    """The table that `insert(Order).values(…)` writes to; "" for what writes nothing."""
    while isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
        node = node.func.value
    if not isinstance(node, ir.Call) or not node.args or library_name(engine, function.module, node.func) not in _STATEMENTS:
        return ""
    return written(node.args[0].value)
