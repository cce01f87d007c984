"""Writes to several tables that a request makes one by one: what fails between them leaves half of the work behind.

https://docs.djangoproject.com/en/stable/topics/db/transactions/, https://www.prisma.io/docs/orm/prisma-client/queries/transactions
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept
from backend_audit.flow.work_concepts import DatabaseWrite
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.work import Work
from backend_audit.source import Mark

_TRANSACTION = re.compile(r"transaction|atomic|\btrx?\b|\btx\b|unit_?of_?work|savepoint|\bsession\b", re.IGNORECASE)
# What may well be lost or left behind: nothing else has to agree with it.
ASIDE = re.compile(
    r"log|audit|event|activit|histor|telemetry|metric|statistic|notif|cache|visit|view|seen|token|session", re.IGNORECASE
)
_ENDS = (ir.Return, ir.Raise)


@dataclass(frozen=True, slots=True)
class SplitWrite(Concept):
    """`site` is the second of two writes that no transaction holds together, to other rows than the `first`.

    `sure`: the first is not one that only some requests make, to have there what the second needs.
    """

    first: Mark | None = None
    first_written: str = ""
    way: tuple[Mark, ...] = ()
    sure: bool = True


class Transactions:
    """Finds them in what requests run; a function that knows of transactions is left to its own."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def concepts(self) -> Iterator[SplitWrite]:
        """One for each function."""
        together: dict[str, list[DatabaseWrite]] = {}
        for function, concept in self.work.facts.work:
            if not isinstance(concept, DatabaseWrite) or concept.alone:
                continue
            if function.key in self.work.serving and concept.site.call is not None:
                together.setdefault(function.key, []).append(concept)
        for key, writes in together.items():
            function = self.work.functions[key]
            if len(writes) > 1 and not self._held(function):
                yield from self._split(function, sorted(writes, key=lambda one: one.site.node.at))

    def _held(self, function: FunctionSymbol) -> bool:
        """Whether the function, or one on the way to it, says anything of transactions."""
        steps = self.work.steps(self.work.serving, function)
        return any(_mentions(one) for one in (function, *(step.caller for step in steps)))

    def _split(self, function: FunctionSymbol, writes: list[DatabaseWrite]) -> Iterator[SplitWrite]:
        arms = arms_of(function.node.body)
        counted = [(one, _table(one)) for one in writes if not ASIDE.search(_table(one))]
        pairs = [
            (first, second)
            for at, (second, table) in enumerate(counted)
            for first, other in counted[:at]
            if other != table and meet(arms, first.site.node.at, second.site.node.at)
        ]
        if not pairs:
            return
        sure = [one for one in pairs if not maybe(arms, one[0].site.node.at, one[1].site.node.at)]
        first, second = (sure or pairs)[0]
        site = first.site
        mark = Mark(site.path, site.node.at, site.node.end, f"{site.written} has been stored by then")
        way = (*self.work.way(self.work.serving, function), mark)
        yield SplitWrite(second.site, mark, site.written, way, bool(sure))


def _table(write: DatabaseWrite) -> str:
    """What is written to, as the code calls it: `prisma.user` of `prisma.user.create`, `Book` of `Book.objects.create`."""
    node: ir.Expr = write.site.call.func if write.site.call is not None else ir.Name(0, 0, "")
    node = node.value if isinstance(node, ir.Attribute) else node
    while isinstance(node, (ir.Call, ir.Attribute)):
        if isinstance(node, ir.Call):
            node = node.func
        elif node.attr in ("objects", "filter", "all", "exclude", "get_queryset", "using", "select_for_update"):
            node = node.value
        else:
            break
    return written(node)


def _mentions(function: FunctionSymbol) -> bool:
    """Whether anything in a function, or what stands around it, is called after a transaction."""
    one: FunctionSymbol | None = function
    while one is not None:
        if any(_TRANSACTION.search(written(each)) for each in one.node.decorators):
            return True
        if any(param.name in ("tx", "trx", "manager", "transaction") for param in one.node.params):
            return True
        for node in one.scope:
            name = node.func if isinstance(node, ir.Call) else None
            text = written(name) if name is not None else node.id if isinstance(node, ir.Name) else ""
            key = node.key.value if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) else ""
            if _TRANSACTION.search(text) or key == "transaction":
                return True
        one = one.parent
    return False


Arms = list[tuple[int, int, int, bool]]  # of each arm: the statement's offset, where it begins and ends, whether it leaves


def arms_of(body: list[ir.Stmt]) -> Arms:
    """The arms of what decides in a function."""
    found: Arms = []
    for node in ir.walk_scope(*body):
        blocks: list[list[ir.Stmt]] = []
        if isinstance(node, ir.If):
            blocks = [node.body, node.orelse]
        elif isinstance(node, ir.Try):
            blocks = [node.body, *(one.body for one in node.handlers)]
        elif isinstance(node, ir.Switch):
            blocks = [one.body for one in node.cases]
        for block in blocks:
            if block:
                found.append((node.at, block[0].at, block[-1].end, isinstance(block[-1], _ENDS)))
    return found


def meet(arms: Arms, first: int, second: int) -> bool:
    """Whether one run can come by both places."""
    for statement, begin, end, leaves in arms:
        if not begin <= first < end:
            continue
        if begin <= second < end:
            continue
        if leaves or any(other == statement and start <= second < stop for other, start, stop, _ in arms):
            return False
    return True


def maybe(arms: Arms, first: int, second: int) -> bool:
    """Whether the first place lies in an arm of a condition in which the second does not."""
    return any(begin <= first < end and not begin <= second < end for _, begin, end, _ in arms)
