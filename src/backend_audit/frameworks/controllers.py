"""Routes of classes whose methods decorators of a library make routes: routing-controllers, tsoa, InversifyJS and their kind.

What the decorators are called stands in `controller_dialects`; NestJS, which has modules besides, is read by `nest`.
"""

from collections.abc import Callable, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.frameworks.controller_dialects import DIALECTS, Dialect
from backend_audit.frameworks.controller_guards import ControllerGuards
from backend_audit.frameworks.registrations import deduplicated, joined
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.covers import Before
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.model import Route
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import definition, texts_of
from backend_audit.source import Mark


class ControllerRoutes:
    """Makes the routes of a project's controllers."""

    def __init__(self, engine: Engine, facts: WebFacts, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.facts = facts
        self.guarding = guarding
        self.ahead: dict[str, list[Before]] = {}
        classes = [one for one in engine.project.symbols.values() if isinstance(one, ClassSymbol)]
        self.classes = sorted(classes, key=lambda one: one.key)

    def routes(self, in_front: Callable[[], dict[str, list[Before]]]) -> Iterator[Route]:
        """Every route of every controller. `in_front`: what applications run before them, by the file of each."""
        for dialect in DIALECTS:
            found = [
                (owner, node)
                for owner in self.classes
                for node in owner.node.decorators
                if isinstance(node, ir.Call) and dialect.means(self.engine, owner, node, dialect.controllers)
            ]
            if not found:
                continue
            self.ahead = self.ahead or in_front()
            guards = ControllerGuards(self.engine, self.facts, self.guarding, dialect, self.classes)
            prefix = next((text for one in guards.told(dialect.prefix) for text in texts_of(one)), "")
            for owner, node in found:
                yield from self.of_controller(dialect, guards, owner, node, prefix)

    def of_controller(
        self, dialect: Dialect, guards: ControllerGuards, owner: ClassSymbol, node: ir.Call, prefix: str
    ) -> Iterator[Route]:
        """The routes of one controller; methods of its bases are its own, too."""
        lineage = self.engine.bases(owner)[0]
        methods = {name: method for above in reversed(lineage) for name, method in above.methods.items()}
        before = self.before(owner)
        shared = guards.inline(owner, node, 1)
        shared += [guard for above in lineage for guard in guards.attached(above, above.node.decorators, "class")]
        shared += guards.hooked(owner, lineage)
        base = self.path(owner, node, 0, dialect.address)
        for method in sorted(methods.values(), key=lambda one: one.node.at):
            declared = method.owner or owner
            own = guards.attached(declared, method.node.decorators, "route") + guards.demanded(method)
            kept = [one for one in shared if one.name not in dialect.asks] if guards.spared(declared, method) else shared
            for made, http, at in self.verbs(declared, method, dialect):
                for path in self.joined(prefix, base, self.path(declared, made, at, dialect.address)):
                    inline = guards.inline(declared, made, at + 1)
                    asked = Asked(path, "", "", (http,) if http else ())
                    ahead = [guard for one in before if one.covers(path, asked.methods) for guard in one.guards]
                    found = self.guarding.exempted([*ahead, *guards.everywhere, *kept, *own, *inline], asked)
                    yield Route(
                        methods=asked.methods,
                        path=path,
                        framework=dialect.framework,
                        handler=method,
                        owner=owner,
                        name=f"{owner.name}.{method.node.name}",
                        mark=definition(method),
                        registered=Mark(declared.module.path, made.at, made.end, "registered here"),
                        guards=deduplicated([*found, *self.guarding.in_body(method)]),
                        group=owner.key,
                    )

    def verbs(self, owner: ClassSymbol, method: FunctionSymbol, dialect: Dialect) -> Iterator[tuple[ir.Call, str, int]]:
        """The decorators that make a method a route, with the HTTP method and the position of the path."""
        for node in method.node.decorators:
            if not isinstance(node, ir.Call):
                continue
            if dialect.means(self.engine, owner, node, dialect.verbs):
                yield node, dialect.verbs[decorator_name(node)], 0
            elif node.args and dialect.means(self.engine, owner, node, dialect.free):
                given = self.engine.frame(owner.module).eval(node.args[0].value)
                told = (given.items or {}).get("method") if given.kind == "dict" else None
                for text in texts_of(given) if told is None else texts_of(told) or _named(told):
                    yield node, "" if text.lower() == "all" else text.upper(), 1 if told is None else 0

    def path(self, owner: ClassSymbol, node: ir.Call, at: int, fields: tuple[str, ...]) -> list[str]:
        """The paths that a decorator is given: a text, several, or `{path}`; a pattern as it is written."""
        given: Value | None = self.engine.frame(owner.module).eval(node.args[at].value) if at < len(node.args) else None
        if given is not None and given.kind == "dict":
            held = given.items or {}
            given = next((held[name] for name in fields if name in held), None)
        return [text for one in contents(given) for text in texts_of(one)] or [""]

    def joined(self, prefix: str, bases: list[str], paths: list[str]) -> Iterator[str]:
        for base in bases:
            for path in paths:
                yield joined([one for one in (prefix, base) if one.strip("/")], path).rstrip("/") or "/"

    def before(self, owner: ClassSymbol) -> list[Before]:
        """What runs before a controller's routes: of the one application, or of the one whose file is nearest."""
        near = {path: _shared(path, owner.module.path) for path in self.ahead}
        most = max(near.values(), default=0)
        nearest = [path for path, shared in near.items() if shared == most]
        return self.ahead[nearest[0]] if len(nearest) == 1 else []


def _named(value: Value) -> list[str]:
    """`HTTPMethodEnum.POST` of a library."""
    return [path.rpartition(".")[2] for path in sorted(value.apis)]


def _shared(one: str, other: str) -> int:
    """How many folders two files share from the top."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count
