"""Routes of Next.js: what files are called and where they lie is the address, what they export the methods.

`app/api/users/[id]/route.ts` with `export async function GET(request)`, `pages/api/users.ts` with `export default handler`.
https://nextjs.org/docs/app/api-reference/file-conventions/route, https://nextjs.org/docs/pages/building-your-application/routing/api-routes
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.flow.written import last_word
from backend_audit.frameworks.registrations import deduplicated
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.routes.anonymous_parts import in_common
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.guards import ASKING
from backend_audit.routes.missing import REFUSAL
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.reach import reached
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import definition
from backend_audit.routes.wrappers import around
from backend_audit.source import Mark

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_APP = re.compile(r"^(?P<root>(?:.*?/)??)(?:src/)?app/(?P<way>(?:.*/)?)route\.(?:m?[jt]s|[jt]sx)$")
_PAGES = re.compile(r"^(?P<root>(?:.*?/)??)(?:src/)?pages/(?P<way>api/.*?)(?:/index|^index)?\.(?:m?[jt]s|[jt]sx)$")
_IN_FRONT = re.compile(r"^(?P<root>(?:.*/)?)(?:src/)?(?:middleware|proxy)\.m?[jt]s$")
_GROUP = re.compile(r"\([^)]*\)|@.*")  # folders that are no part of the address
_DYNAMIC = re.compile(r"\[{1,2}(\.\.\.)?([\w-]+)\]{1,2}")
_ASKS = re.compile(
    r"auth|session|(?:current|check|get|load|assert|validate|find)_?user|require|verify|token|signature|permission|protect|guard|"
    r"secret|key|access|login|logged|allowed|is_?admin",
    re.IGNORECASE,
)
_LEVELS = 2


class NextRoutes:
    """Makes the routes of a project's route handlers."""

    def __init__(self, engine: ScriptEngine, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.guarding = guarding
        modules = list(engine.project.modules.values())
        self.used = any(_imports_next(one) for one in modules)
        self.in_front = {found["root"]: one for one in modules if (found := _IN_FRONT.match(one.path)) is not None}

    def routes(self) -> Iterator[Route]:
        """One for each method that a file exports."""
        for module in self.engine.project.modules.values() if self.used else ():
            of_app = _APP.match(module.path)
            of_pages = None if of_app is not None else _PAGES.match(module.path)
            for method in _METHODS if of_app is not None else ():
                yield from self._of_export(module, method, (method,), of_app)
            if of_pages is not None:
                yield from self._of_export(module, "default", (), of_pages)

    def _of_export(
        self, module: ModuleSymbol, name: str, methods: tuple[str, ...], found: "re.Match[str] | None"
    ) -> Iterator[Route]:
        value = self.engine.symbol_attribute(module, name)
        if found is None or value is UNKNOWN or (name not in module.exported and name not in module.functions):
            return
        handler, guards = self._handler(value)
        mark = Mark(module.path, 0, 0, "the file") if handler is None else definition(handler)
        if found["root"] in self.in_front:
            because = f"is behind `{self.in_front[found['root']].path}`"
            guards.append(Guard("middleware", frozenset((Does.DEPENDS,)), "middleware", None, None, because))
        yield Route(
            methods=methods,
            path=_address(found["way"]),
            framework="next",
            handler=handler,
            name=name if handler is None else handler.name,
            mark=mark,
            registered=mark,
            guards=deduplicated(guards),
            group=f"{found['root']}next",
        )

    def _handler(self, value: Value) -> tuple[FunctionSymbol | None, list[Guard]]:
        """The function that answers, and what asks who calls; what may do so in ways that nobody reads leaves it unknown."""
        functions = of_kind(value.refs, FunctionSymbol)
        outer = around(value)
        handler = next((one for one in functions if one not in outer), None)
        if handler is None:
            return None, [Guard("handler", frozenset((Does.DEPENDS,)), "route", None, None, "cannot be read")]
        guards = self.guarding.in_body(handler)
        if outer:
            name = outer[0].parent.node.name if outer[0].parent is not None else outer[0].node.name
            guards.append(Guard(name, frozenset((Does.DEPENDS,)), "wrapper", None, None, f"is wrapped by `{name}`"))
        elif not any(one.has(*ASKING) for one in guards) and (unheard := self._unheard(handler)) is not None:
            told = "what it answers with is dropped"
            guards.append(Guard(unheard.node.name, frozenset((Does.IDENTIFIES,)), "body", None, unheard, told))
        elif not any(one.has(*ASKING) for one in guards) and (name := self._may_ask(handler)):
            guards.append(Guard(name, frozenset((Does.DEPENDS,)), "body", None, None, f"calls `{name}`, which may ask who calls"))
        return handler, guards

    def _unheard(self, handler: FunctionSymbol) -> FunctionSymbol | None:
        """What the handler calls that comes back with an answer for who has not signed in, which nobody gets."""
        anonymous = self.guarding.behaviours.anonymous
        if anonymous.run(handler).outcome() is not Outcome.PASSES:
            return None
        dropped = _dropped(handler)
        called = (one for _, one in sorted(self.engine.calls.get(handler.key, {}).items()) if one.node.name in dropped)
        return next((one for one in called if REFUSAL in in_common(anonymous.run(one).parts).values()), None)

    def _may_ask(self, handler: FunctionSymbol) -> str:
        """What the handler calls that, by its name, may look who calls."""
        for one in (one for level in reached(self.engine, handler, _LEVELS, within=True) for one in level):
            for call in one.scope.of(ir.Call):
                if _ASKS.search(last_word(call.func)):
                    return last_word(call.func)
        return ""


def _dropped(handler: FunctionSymbol) -> frozenset[str]:
    """The names of functions that a handler calls for nothing: it reads no variable that holds what they give."""
    made = [(one.value, ir.walk(*one.targets)) for one in handler.scope.of(ir.Assign)]
    made += [(one.value, iter(())) for one in handler.scope.of(ir.ExprStmt)]
    written_to = {id(node) for one in handler.scope.of(ir.Assign) for node in ir.walk(*one.targets)}
    read = {one.id for one in ir.walk(*handler.node.body) if isinstance(one, ir.Name) and id(one) not in written_to}
    found: set[str] = set()
    for value, targets in made:
        call = value.value if isinstance(value, ir.Await) else value
        if isinstance(call, ir.Call) and read.isdisjoint(one.id for one in targets if isinstance(one, ir.Name)):
            found.add(last_word(call.func))
    return frozenset(found)


def _address(way: str) -> str:
    """`api/(public)/users/[id]/` is `/api/users/:id`."""
    parts = [one for one in way.strip("/").split("/") if one and not _GROUP.fullmatch(one) and one != "index"]
    return "/" + "/".join(_DYNAMIC.sub(lambda one: f":{one[2]}{'*' if one[1] else ''}", part) for part in parts)


def _imports_next(module: ModuleSymbol) -> bool:
    """Whether the module speaks of Next.js: others call files and exports alike."""
    return any(isinstance(one, ir.Import) and one.module.split("/")[0] == "next" for one in module.node.body)
