"""Checks: one module a rule, called like the rule's id with underscores; discovery finds them, nothing registers them.

A check is a generator function with the decorator `@check(rule_id)`. The annotation of its first parameter says what it asks for:

* a `Concept` class of `flow/concepts.py`: called for each occurrence, after flow; one parameter.
* `routes.model.Route`: called for each route of the project's table; one parameter, the alert stands at the handler's file.
* an IR node class (`ir.Try`, `ir.Function`, …) : called for each such node of each judged file, before link, in the worker
  process; second parameter `FileView`. For judgements that one file alone can carry. In Python files, unless the decorator
  names other languages: what a node means to a reader of one language need not hold in another.
* `secrets.Candidate`: called for each literal that may be a secret, of any language; second parameter none.
"""

import importlib
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend_audit import ir
from backend_audit.finding import Confidence
from backend_audit.source import Language, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a check says: the node (or the offsets) to point at, what is wrong in this code, how to mend this code.

    `anchor` replaces the source text in the fingerprint (for secrets: something that does not reveal them), `redact` lists
    offset ranges whose text must never be shown.
    """

    path: str = ""  # the file, where it is another than the subject's
    node: ir.Node | None = None
    at: int = -1
    end: int = -1
    message: str
    fix: str
    confidence: Confidence = Confidence.HIGH
    steps: tuple[Mark, ...] = ()
    related: tuple[Mark, ...] = ()
    anchor: str | None = None
    redact: tuple[tuple[int, int], ...] = ()
    cleared: frozenset[str] = frozenset()  # what the engine knows of the data: contexts and marks, as in `Origin.cleared`
    of_insides: bool = False  # it tells the caller of the machine: no news where only administrators call
    on_page: bool = False  # it does harm only where a browser shows the answer
    before: tuple[tuple[str, tuple[int, ...]], ...] = ()  # libraries that may be meant, each with its first safe release
    unrouted: bool = False  # told only where no routes are known: with them, checks of routes say it better
    setting: str = ""  # what is switched off here; another place of the project may switch it on (`a|b&c`: a or b, and c)
    considered: tuple[Mark, ...] = ()  # sanitizers and tests on the way, and why they do not hold; filled in by analysis

    def span(self) -> tuple[int, int]:
        """Start and end offset of the place to point at."""
        return (self.at, self.end) if self.node is None else (self.node.at, self.node.end)


CheckFunction: typing.TypeAlias = Callable[..., Iterator[Alert]]


@dataclass(frozen=True, slots=True)
class Check:
    rule: str
    subject: type
    function: CheckFunction
    languages: frozenset[Language]


_found: dict[str, list[Check]] = {}


def check(rule: str, *languages: Language) -> Callable[[CheckFunction], CheckFunction]:
    """Declare the decorated generator a check of `rule`; its first parameter's annotation is its subject.

    `languages`: those of the files whose nodes it judges; concepts come from the models of their language.
    """

    def declare(function: CheckFunction) -> CheckFunction:
        hints = typing.get_type_hints(function)
        hints.pop("return", None)
        subject = next(iter(hints.values()))
        subjects = typing.get_args(subject) or (subject,)
        for one in subjects:
            _found.setdefault(rule, []).append(Check(rule, one, function, frozenset(languages or (Language.PYTHON,))))
        return function

    return declare


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check of this package, by rule id; importing the modules is what finds them."""
    _import(name for name, _ in _modules())
    return tuple(one for rule in sorted(_found) for one in _found[rule])


@cache
def node_checks() -> tuple[Check, ...]:
    """The checks that ask for nodes, by rule id. Only modules that speak of a `FileView` are imported: that halves the time."""
    _import(name for name, path in _modules() if b"FileView" in path.read_bytes())
    return tuple(one for rule in sorted(_found) for one in _found[rule] if issubclass(one.subject, ir.Node))


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        yield path.stem, path


def _import(names: Iterable[str]) -> None:
    for name in names:
        importlib.import_module(f"{__name__}.{name}")
