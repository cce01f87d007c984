"""Validators in front of the routes of a JavaScript project that turn nobody away: chains without a look, classes without rules.

https://express-validator.github.io/docs/guides/getting-started#handling-validation-errors,
https://docs.nestjs.com/techniques/validation#auto-validation
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.web_concepts import IdleValidator
from backend_audit.flow.written import last_word
from backend_audit.frameworks.nest_bodies import provides_pipe
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, decorator_name
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import KNOWN, Does, Guard, Route, RouteTable
from backend_audit.routes.script_guards import CHAINED
from backend_audit.source import Mark

_ASKS = frozenset("validationResult matchedData withDefaults run validate validator validateRequest checkExact".split())
_SANITIZERS = frozenset(  # https://express-validator.github.io/docs/api/validation-chain#standard-sanitizers
    "blacklist escape unescape ltrim normalizeEmail rtrim stripLow toBoolean toDate toFloat toInt trim whitelist customSanitizer "
    "default replace toArray toLowerCase toUpperCase toString optional".split()
)
_DEPTH = 3
_PACKAGE = "class-validator."
_WHOLE = frozenset(("Body", "Query"))


def unasked_chains(engine: Engine, table: RouteTable) -> Iterator[IdleValidator]:
    """Chains of express-validator before a route of which nothing asks what they have found."""
    told: set[tuple[str, int]] = set()
    for route in table.routes:
        chains = [one for one in route.guards if one.because == CHAINED and one.mark is not None and _tests(engine, one.mark)]
        if not chains or route.handler is None or chains[0].mark is None:
            continue
        mark = chains[0].mark
        if (mark.path, mark.at) in told or any(map(_may_ask, route.guards)):
            continue
        functions = [route.handler, *(one.function for one in route.guards if one.function is not None)]
        if not any(_asks(engine, one, _DEPTH, set()) for one in functions):
            told.add((mark.path, mark.at))
            node = ir.Name(mark.at, mark.end, chains[0].name)
            module = next((one for one in engine.project.modules.values() if one.path == mark.path), None)
            site = Site(mark.path, node, "", chains[0].name, "", None, module=None if module is None else module.node)
            yield IdleValidator(site, "chain", " ".join(sorted({*route.methods, route.path})))


def _tests(engine: Engine, mark: Mark) -> bool:
    """Whether a chain tests something, and does more than to make another value of it: `query("page").toInt()`."""
    module = next((one for one in engine.project.modules.values() if one.path == mark.path), None)
    calls = [one for one in (module.nodes.of(ir.Call) if module is not None else ()) if mark.at <= one.at and one.end <= mark.end]
    names = [one.func.attr for one in calls if isinstance(one.func, ir.Attribute)]
    return not names or any(name not in _SANITIZERS for name in names)


def _may_ask(guard: Guard) -> bool:
    """Whether a guard that cannot be looked into may ask for the result."""
    if guard.function is not None or guard.because == CHAINED:
        return False
    return guard.has(Does.VALIDATES) or (guard.because != KNOWN and guard.has(Does.DEPENDS, Does.RUNS))


def _asks(engine: Engine, function: FunctionSymbol, depth: int, seen: set[str]) -> bool:
    if function.key in seen:
        return False
    seen.add(function.key)
    for node in ir.walk(*function.node.body):
        name = last_word(node)
        if name in _ASKS:
            return True
    called = engine.calls.get(function.key, {}) if depth else {}
    return any(_asks(engine, called[key], depth - 1, seen) for key in sorted(called))


class IdleClasses:
    """Classes that are to describe what comes in, and do not; and rules on their fields that no pipe asks."""

    def __init__(self, engine: Engine, facts: WebFacts, table: RouteTable) -> None:
        self.engine = engine
        self.table = table
        modules = engine.project.modules.values()
        words = {node.id for one in modules for node in one.nodes.of(ir.Name)}
        pipes = any(one.kind == "nest-pipes" for one in facts.chains) or provides_pipe(engine)
        self._piped = pipes and "ValidationPipe" in words
        self._asked = pipes or bool(words & {"UsePipes", "ValidationPipe", "validateOrReject", "validateSync", "APP_PIPE"})
        self._starts = "NestFactory" in words
        items = (node for one in modules for node in one.nodes.of(ir.Item))
        keys = (node.key.value for node in items if isinstance(node.key, ir.Const))
        self._strips = not {"whitelist", "forbidNonWhitelisted", "forbidUnknownValues"}.isdisjoint(set(keys))

    def concepts(self) -> Iterator[IdleValidator]:
        """One for each class without rules; of rules that nothing asks, one for the project."""
        told: set[str] = set()
        for route in self.table.routes:
            for owner in self._described(route) if route.framework == "nestjs" else ():
                if owner.key in told:
                    continue
                told.add(owner.key)
                rules = self._rules(owner)
                if rules is False and self._piped and not self._strips:
                    yield self._made(owner, "no rules")
                elif rules and self._starts and not self._asked:
                    yield self._made(owner, "no pipe")
                    return

    def _described(self, route: Route) -> Iterator[ClassSymbol]:
        """The classes of what a route takes as a whole: `@Body() order: NewOrder`."""
        for param in [] if route.handler is None else route.handler.node.params:
            plain = any(decorator_name(one) in _WHOLE and isinstance(one, ir.Call) and not one.args for one in param.decorators)
            if plain and isinstance(param.annotation, ir.Name) and route.handler is not None:
                refs = self.engine.frame(route.handler.module).eval(param.annotation).refs
                yield from sorted(
                    (one for one in refs if isinstance(one, ClassSymbol) and one.node.kind != "interface"),
                    key=lambda one: one.key,
                )

    def _rules(self, owner: ClassSymbol) -> bool | None:
        """Whether the fields of a class have rules of class-validator; None where that is not known."""
        lineage, external = self.engine.bases(owner)
        if external or len(lineage) != len({one.key for one in lineage}) or any(base.name is None for base in owner.node.bases):
            return None
        fields = [one for one in owner.node.body if isinstance(one, ir.Assign)]
        frame = self.engine.frame(owner.module)
        for field in fields:
            for decorator in field.decorators:
                value = frame.eval(decorator.func if isinstance(decorator, ir.Call) else decorator)
                if any(path.startswith(_PACKAGE) for path in value.apis):
                    return True
                if value.refs or not value.apis:
                    return None
        return False if fields else None

    def _made(self, owner: ClassSymbol, how: str) -> IdleValidator:
        node = ir.Name(owner.node.at, owner.node.name_end, owner.name)
        return IdleValidator(Site(owner.module.path, node, "", owner.name, "", None, module=owner.module.node), how, owner.name)
