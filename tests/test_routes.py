"""Routes and guards of small applications, one a folder of `data/routes`, told whole in its `routes.txt`.

A line is a route: `METHOD /path auth handler guard,guard`. Guards are those that do more than run, in the order in which
they run, with what they are told to ask for in parentheses; `-` for none; `!name` is written there and does not run. Lines are
compared exactly, none may be missing or added; `#` begins a comment. `python tests/test_routes.py FOLDER` prints what is found.
"""

import sys
from pathlib import Path

import pytest

from backend_audit.catalog import rules_root
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import Env
from backend_audit.flow.model_files import models_of
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.flow.statements import Frame
from backend_audit.frameworks import answers, forms, handlers, script_handlers
from backend_audit.frameworks.inventory import route_table
from backend_audit.frameworks.script_inventory import script_route_table
from backend_audit.link.project import Project
from backend_audit.link.script_project import ScriptProject
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.lower import javascript
from backend_audit.lower.python import lower
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Does, Guard, Route, RouteTable
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.source import Language

DATA = Path(__file__).parent / "data" / "routes"
_MANY = 15


def told(route: Route) -> str:
    """One route as a line."""
    guards = [f"{guard.name}{_asked(guard)}" for guard in route.guards if guard.does != {Does.RUNS}]
    guards += [f"!{guard.name}" for guard in route.unapplied]
    methods = ",".join(route.methods) or "ANY"
    return f"{methods} {route.path} {route.auth} {route.name} {','.join(guards) or '-'}"


def _asked(guard: Guard) -> str:
    return f"({'+'.join(guard.scopes)})" if guard.scopes else ""


def routes_of(app: Path) -> list[str]:
    """All routes of the application in the folder `app`, as lines."""
    found = script_routes(app) if any(app.rglob("*.[jt]s")) else table_of(app).routes
    return [told(route) for route in found]


def table_of(app: Path) -> RouteTable:
    """The route table of an application of Python."""
    modules = [lower(file.relative_to(app).as_posix(), file.read_text(encoding="utf-8")) for file in sorted(app.rglob("*.py"))]
    engine = Engine(
        Project(modules, app.name), models_of(rules_root()), handlers.parameter, answers.returned, handlers.handed_over,
        forms.attribute,
    )  # fmt: skip
    engine.go_through()
    assert not engine.problems
    facts = WebFacts()
    for _, function, concept in engine.occurrences():
        facts.add(function, concept)
    return route_table(Behaviours(engine, facts))


def script_routes(app: Path) -> list[Route]:
    """All routes of an application of JavaScript or TypeScript."""
    modules = []
    for file in sorted(app.rglob("*.[jt]s")):
        language = Language.TYPESCRIPT if file.suffix == ".ts" else Language.JAVASCRIPT
        modules.append(javascript.lower(file.relative_to(app).as_posix(), file.read_text(encoding="utf-8"), language).module)
    models = models_of(rules_root(), "node")
    engine = ScriptEngine(ScriptProject(modules, {}, app.name), models, script_handlers.parameter)
    engine.go_through()
    assert not engine.problems
    facts = WebFacts()
    for _, function, concept in engine.occurrences():
        facts.add(function, concept)
    return script_route_table(ScriptBehaviours(engine, facts)).routes


@pytest.mark.parametrize("app", sorted(file.parent for file in DATA.glob("*/routes.txt")), ids=lambda app: app.name)
def test_routes(app: Path) -> None:
    lines = [line.partition("#")[0].strip() for line in (app / "routes.txt").read_text(encoding="utf-8").splitlines()]
    expected, found = sorted(line for line in lines if line), sorted(routes_of(app))
    wrong = [f"not found: {line}" for line in expected if line not in found]
    wrong += [f"not expected: {line}" for line in found if line not in expected]
    if wrong or len(expected) != len(found):
        pytest.fail("\n".join(wrong) or "a route is told twice", pytrace=False)


def test_the_mark_that_opens_a_route_is_the_one_that_the_guard_asks_for(tmp_path: Path) -> None:
    code = (DATA / "flask_marked" / "app.py").read_text(encoding="utf-8")
    (tmp_path / "app.py").write_text(f"{code}\nnews.archived = True\n", encoding="utf-8")
    [news] = [route for route in table_of(tmp_path).routes if route.name == "news"]
    assert [one.because for one in news.guards if "marked" in one.because] == ["lets what is marked `is_public` through"]


def test_a_mark_by_which_a_guard_is_asked_for_lets_nobody_through(tmp_path: Path) -> None:
    code = (DATA / "flask_marked" / "app.py").read_text(encoding="utf-8")
    asking = code.replace('if getattr(view, "is_public", False):', 'if not getattr(view, "needs_login", False):')
    (tmp_path / "app.py").write_text(asking.replace("news.is_public", "news.needs_login"), encoding="utf-8")
    [news] = [route for route in table_of(tmp_path).routes if route.name == "news"]
    assert not [one for one in news.guards if "marked" in one.because]


def test_a_key_of_a_program_is_no_right_and_one_of_a_few_names_no_object() -> None:
    routes = {route.path: route for route in table_of(DATA / "fastapi_keys").routes}
    does = {guard.name: guard.does for route in routes.values() for guard in route.guards}
    assert does["get_client"] == {Does.AUTHENTICATES}
    assert does["get_trusted_client"] == {Does.AUTHENTICATES, Does.AUTHORIZES}
    assert routes["/stats/{frame}"].names_caller
    assert not routes["/notes/{name}"].names_caller


def test_rest_views_say_what_they_answer() -> None:
    said = {route.name: route.response_schema for route in table_of(DATA / "rest_views_alone").routes}
    assert said["Rules.post"] is True  # by a decorator
    assert said["Rules.put"] is False
    assert said["Status.get"] is False


def test_validators_stand_in_lists_and_on_routers() -> None:
    bodies = {route.path: route.body.validated for route in script_routes(DATA / "express_validated")}
    assert bodies == dict.fromkeys(("/a", "/b", "/c", "/e", "/f", "/r/d"), True)


@pytest.mark.parametrize(
    ("name", "head", "function", "tail"),
    [
        (
            "app.ts",
            'import { Controller, Get, applyDecorators } from "@nestjs/common";',
            "function f{at}() {{ return applyDecorators({calls}); }}",
            '@Controller("a")\nexport class A {\n  @Get("x")\n  @f0()\n  x() { return 1; }\n}',
        ),
        (
            "app.js",
            'const http = require("http");',
            "function f{at}(req, res) {{ {calls}; if (req.url === '/{at}') res.end(); }}",
            "http.createServer((req, res) => f0(req, res)).listen(1);",
        ),
    ],
)
def test_functions_that_all_call_each_other_are_looked_into_few_times(
    name: str, head: str, function: str, tail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = "req, res" if name.endswith(".js") else ""
    calls = [f"f{other}({given})" for other in range(_MANY)]
    made = [function.format(at=at, calls=", ".join(calls)) for at in range(_MANY)]
    (tmp_path / name).write_text("\n".join((head, *made, tail)), encoding="utf-8")
    frame, entered = ScriptEngine.frame, list[str]()

    def counted(
        self: ScriptEngine, module: ModuleSymbol, function: FunctionSymbol | None = None, env: Env | None = None
    ) -> Frame:
        entered.append(module.path)
        return frame(self, module, function, env)

    monkeypatch.setattr(ScriptEngine, "frame", counted)
    assert script_routes(tmp_path)
    assert len(entered) < 100 * _MANY


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in routes_of(Path(sys.argv[1]))))
