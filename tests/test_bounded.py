"""Code that is written otherwise than expected: what is read goes on, and comes to an end."""

from pathlib import Path

import pytest

from backend_audit import audit, ir
from backend_audit.config import Config
from backend_audit.flow.expressions import Expressions
from backend_audit.flow.object_fields import sized
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_expressions import ScriptExpressions
from backend_audit.flow.values import Value, container
from backend_audit.frameworks import settling
from backend_audit.routes.model import Route
from test_routes import script_routes, table_of

_OPERANDS = 60
_FEW = 200_000  # evaluations; each operand would double them


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("and.js", "const f = (a) => " + " && ".join(f"a.k{at} > {at}" for at in range(_OPERANDS))),
        ("nullish.js", "const f = (a) => " + " ?? ".join(f"a.k{at}" for at in range(_OPERANDS))),
        ("or.js", "const f = (a) => " + " || ".join(f"a === {at}" for at in range(_OPERANDS))),
        ("or.py", "def f(a):\n    return " + " or ".join(f"a == {at}" for at in range(_OPERANDS))),
        ("loops.py", "def f(a):\n" + "".join(f"{'  ' * at}  for a{at} in a:\n" for at in range(40)) + "  " * 41 + "a = a + a1"),
    ],
)
def test_what_stands_in_a_row_or_in_each_other_is_not_read_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    (tmp_path / name).write_text(f"{code}\n", encoding="utf-8")
    made = 0
    kind = ScriptExpressions if name.endswith(".js") else Expressions
    evaluated = kind.eval

    def counted(frame: Expressions, node: ir.Expr) -> Value:
        nonlocal made
        made += 1
        if made >= _FEW:
            raise RuntimeError  # ends the function's run
        return evaluated(frame, node)  # type: ignore[arg-type]  # a frame of that kind

    monkeypatch.setattr(kind, "eval", counted)
    _ = script_routes(tmp_path) if kind is ScriptExpressions else table_of(tmp_path)
    assert 40 < made < _FEW


def test_a_function_that_gives_a_decorator_may_use_it_itself(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        "def registered(method, path):\n    def wrap(f):\n"
        "        @registered(app.get, '/inner')\n        def g():\n            return f()\n"
        "        return method(path)(f)\n    return wrap\n\n\n"
        "@registered(app.get, '/x')\ndef x():\n    return 1\n",
        encoding="utf-8",
    )
    assert "/x" in [route.path for route in table_of(tmp_path).routes]  # and no problem, which `table_of` asserts


def test_routes_of_a_router_without_a_mapping_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "urls.py").write_text(
        "from django.urls import include, path\nfrom rest_framework import routers, viewsets\n\n\n"
        "class Books(viewsets.ViewSet):\n    def list(self, request):\n        return []\n\n\n"
        "class Own(routers.SimpleRouter):\n    routes = [routers.Route(name='a'),\n"
        "        routers.Route(r'^{prefix}$', {'get': 'list'})]\n\n\n"
        "own = Own()\nown.register('books', Books, basename='book')\nurlpatterns = [path('v1/', include(own.urls))]\n",
        encoding="utf-8",
    )
    assert [route.path for route in table_of(tmp_path).routes] == ["/v1/books/"]


def test_a_variable_that_is_made_of_itself_says_nothing_of_itself(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n@app.get('/x')\ndef x(language=None):\n"
        "    language = (language or '').strip()\n    other = (language and other).strip()\n"
        "    if language or other:\n        return language\n    return other\n",
        encoding="utf-8",
    )
    assert [route.path for route in table_of(tmp_path).routes] == ["/x"]


def test_conditions_with_nothing_in_them_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text(
        "const app = require('express')();\n"
        "app.post('/x', (req, res) => { if (req.body.secret !== job.secret) {} if (!req.user) {} res.json({}); });\n",
        encoding="utf-8",
    )
    assert [route.path for route in script_routes(tmp_path)] == ["/x"]


def test_a_route_that_cannot_be_judged_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/a')\ndef a():\n    return 1\n\n\n"
        "@app.get('/b')\ndef b():\n    return 1\n",
        encoding="utf-8",
    )
    decided = settling.decide

    def breaks(route: Route) -> None:
        if route.path == "/a":
            raise IndexError
        decided(route)

    monkeypatch.setattr(settling, "decide", breaks)
    config = Config(cache=False, workers=1, semgrep=False, origins={})
    survey = audit.survey(config, [tmp_path])
    assert [(route.path, route.auth) for route in survey.routes] == [("/a", "unknown"), ("/b", "none")]
    assert [problem.message for problem in survey.problems] == ["deciding on /a failed with IndexError"]


def test_a_field_that_grows_with_what_it_holds_keeps_only_its_data() -> None:
    origin = Origin("untrusted", ("request", "q"), "q")
    small = container("dict", {"a": Value(open=True, origins=frozenset((origin,)))})
    assert sized(small) is small
    grown = small
    for _ in range(12):
        grown = container("dict", {"a": grown, "b": grown})
    assert sized(grown).items is None
    assert sized(container("dict", dict.fromkeys(range(500), small))).all_origins() == {origin}
