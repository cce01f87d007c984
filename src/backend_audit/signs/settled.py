"""Signs in the code of a project: what its files showed, with the names settled that other modules give."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import by_key, of_kind
from backend_audit.flow.values import CLASS, Value
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.signs import shapes
from backend_audit.signs.options import fits
from backend_audit.signs.paths import import_of
from backend_audit.signs.rows import Paths, Row, Rows
from backend_audit.signs.seen import FOR_ERRORS, Seen, Use, beginning, begun, uses_in
from backend_audit.signs.spotted import Spotted
from backend_audit.source import Language, Mark


class OfModule(NamedTuple):
    """The signs in a module, in its order, and the names of the functions that its code mentions."""

    found: list[Spotted]
    mentioned: frozenset[str]


def in_project(engine: Engine, rows: Rows, seen: Mapping[str, Seen], known: dict[str, OfModule]) -> list[Spotted]:
    """The signs in all modules of a project, in path order; `seen` is what their files showed, by path.

    `known` are modules that were read before, by path; the others are added.
    """
    found: list[Spotted] = []
    asked: dict[bool, Paths] = {}
    mentioned: set[str] = set()
    for module in sorted(engine.project.modules.values(), key=lambda one: one.path):
        shown = seen.get(module.path)
        if shown is None:
            continue
        script = module.node.language is not Language.PYTHON
        if script not in asked:
            meant = rows.node if script else rows.python
            asked[script] = meant.as_known_to(engine.models.aliases, engine.models.canonical)
        if module.path not in known:
            here = _Module(engine, module, rows, asked[script], script=script)
            signs = sorted(here.settled(shown), key=lambda one: (one.mark.at, one.mark.end))
            names = frozenset(name for text in shown.mentioned for name in here.functions(text))
            known[module.path] = OfModule(signs, names)
        found += known[module.path].found
        mentioned |= known[module.path].mentioned
    modules = {one.path: one for one in engine.project.modules.values()}
    return [one for one in found if one.kind not in _REGISTERED or not _is_idle(engine, modules[one.mark.path], one, mentioned)]


def _is_idle(engine: Engine, module: ModuleSymbol, sign: Spotted, mentioned: set[str]) -> bool:
    """Whether it stands in a function for errors that nobody calls or hands over: a handler that nothing registers.

    What a module exports as its own self may be loaded by its file's name.
    """
    name = sign.symbol.partition(".")[0]
    if not FOR_ERRORS.search(name) or name in mentioned:
        return False
    whole = engine.module_attribute(module, "default")
    own = engine.environment(module).get(name)
    functions = [] if own is None else [one for one in of_kind(own.refs, FunctionSymbol) if one.module is module]
    return bool(functions) and not (whole is not None and any(one in whole.refs for one in functions))


class _Module:
    def __init__(self, engine: Engine, module: ModuleSymbol, rows: Rows, paths: Paths, *, script: bool) -> None:
        self.engine = engine
        self.module = module
        self.script = script
        self.rows = rows
        self.paths = paths
        self.env = engine.environment(module)
        self._calls: dict[tuple[int, int], ir.Call] | None = None
        self._given_up: frozenset[tuple[int, int]] | None = None

    def settled(self, seen: Seen) -> Iterator[Spotted]:
        """The signs of one file."""
        for one in seen.spotted:
            yield Spotted(self.rows.every[one.row].kind, one.what, self.mark(one.at, one.end), one.symbol)
        for start, uses in seen.uses.items():
            path = self.path(*begun(start))
            if path:
                for use in uses_in(uses):
                    yield from self.used(f"{path}{use.rest}", use)
        for meanings, use in seen.open:
            starts = map(beginning, meanings)
            path = next((f"{path}{rest}" for start, rest in starts if (path := self.path(*begun(start)))), "")
            if path:
                yield from self.used(path, use)
        for name, numbers in seen.callees.items():
            yield from self.called(name, [self.rows.every[number] for number in numbers])

    def functions(self, text: str) -> Iterator[str]:
        """The names of the function that `handlers.error` may mean: here, and where it is defined."""
        yield text.rpartition(".")[2]
        root, *steps = text.split(".")
        value = self.env.get(root)
        for step in steps:
            owner = (
                next((one for one in by_key(value.refs) if isinstance(one, ModuleSymbol)), None) if value is not None else None
            )
            held = (value.items or {}).get(step) if value is not None else None
            value = self.engine.symbol_attribute(owner, step) if owner is not None else held
        yield from (one.node.name for one in of_kind(value.refs, FunctionSymbol)) if value is not None else ()

    def mark(self, at: int, end: int) -> Mark:
        return Mark(self.module.path, at, end, "")

    def used(self, path: str, use: Use) -> Iterator[Spotted]:
        """The rows that a path fits."""
        for row in self.paths.matching(path):
            if not row.options or (use.called and any(self.fits(option, use) for option in row.options)):
                yield Spotted(row.kind, row.what, self.mark(use.at, use.end), use.symbol)

    def fits(self, option: str, use: Use) -> bool:
        """As `options.fits`; `kept`: what is made is not given up at the end of a `with` that begins with it."""
        if option == _CALLED:
            return True
        if option != _KEPT:
            return fits(option, self.call(use))
        if self._given_up is None:
            self._given_up = frozenset(shapes.given_up(self.module.node.body))
        return (use.at, use.end) not in self._given_up

    def call(self, use: Use) -> ir.Call:
        """The call whose callee stands there."""
        if self._calls is None:
            body = self.module.node.body
            calls = [one for one in (shapes.configured_plugin(body), *ir.walk(*body)) if isinstance(one, ir.Call)]
            handed = (one for one in map(shapes.handed_plugin, calls) if one is not None)
            self._calls = {(one.func.at, one.func.end): one for one in (*handed, *calls)}
        return self._calls[use.at, use.end]

    def called(self, name: str, rows: list[Row]) -> Iterator[Spotted]:
        """A function of another module that does what its name says."""
        value = self.env.get(name)
        for one in of_kind(value.refs, FunctionSymbol) if value is not None else ():
            if one.module is not self.module:
                mark = Mark(one.module.path, one.node.at, one.node.name_end, "")
                yield from (Spotted(row.kind, row.what or f"`{one.node.name}`", mark, one.name) for row in rows)

    def path(self, root: str, step: str) -> str:
        """The API path of a root and the first step from it; "" if it is none that is known."""
        if not root:
            return step
        inside = import_of(root)
        if inside is not None:
            above = path_of(self.engine.imported(self.module, *inside))
            return f"{above}{step}" if above else ""
        value = self.env.get(root)
        symbols = () if value is None else by_key(value.refs)
        owner = next((one for one in symbols if isinstance(one, ModuleSymbol)), None) if step[:1] == "." else None
        if owner is not None:
            return path_of(self.engine.symbol_attribute(owner, step[1:]))
        held = (value.items or {}).get(step[1:]) if value is not None and step[:1] == "." else None
        if held is not None:  # `module.exports = { client }`
            return path_of(held)
        above = path_of(value) or (root if self.script and value is None and root in _GLOBALS else "")
        return f"{above}{step}" if above else self._given(value) if step == "()" else ""

    def _given(self, value: Value | None) -> str:
        """What a function of the project gives: `connect()` that returns a library's client."""
        symbols = [] if value is None else of_kind(value.refs, FunctionSymbol)
        return path_of(self.engine.summary(symbols[0]).result) if len(symbols) == 1 else ""


def path_of(value: Value | None) -> str:
    """The API path of a value: a library's name, or the type of one of its objects."""
    if value is None:
        return ""
    for path in sorted(value.apis):
        return path
    return next((one for one in sorted(value.types) if not one.startswith(CLASS) and one not in _PLAIN), "")


_KEPT = "kept"
_CALLED = "called"  # what has options counts where it is called alone
_REGISTERED = frozenset({"error-handler", "some-error-handler"})
_GLOBALS = frozenset("process fetch setInterval Promise console".split())
_PLAIN = frozenset("str int float bool bytes list dict set tuple None NoneType object".split())
