"""What the engine knows about values, stated in the code of `data/flow` beside each value.

`see(expression)  # $ const="a" open` says what the expression may be, completely: each fact must be found, and no other.
`const` constants, `shape` built strings with `{}` for holes, `api` external things, `type` instances, `ref` functions and
classes of the project, `kind` containers, `param` data of a parameter, `made` constants too many to keep, `open` also
something unknown, `dead` code that never runs. What is known to be wrong stands as `SPURIOUS: fact` and `MISSING: fact`, and
fails when it is mended. `python tests/test_flow.py` prints what the engine says now.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_audit import ir
from backend_audit.catalog import rules_root
from backend_audit.flow.concepts import LogRecord
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.model_files import load_models, model_files
from backend_audit.flow.origins import CALLER
from backend_audit.flow.values import MAX_NAMES, Constant, Value
from backend_audit.frameworks.entities import Entities
from backend_audit.frameworks.schemas import Schemas
from backend_audit.link.project import Project
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.lower.python import lower
from backend_audit.source import LineIndex

DATA = Path(__file__).parent / "data" / "flow"
PROBE = 'package = "probe"\ndocs = "https://example.org"\n[[log-record]]\ncall = ["probe.see"]\nmessage = "0"\n'
MODELS = load_models([*model_files(rules_root()), ("probe.toml", PROBE)])
OWN_CLASS = re.compile(r"^:[^:]*:(\w+)@\d+$")  # a class of the project, as the engine keys it
_PADDED = re.compile(r"@0*(?=\d)")  # the keys of what has no name end with where it stands
FACT = re.compile(r"""(\w+)(?:=("[^"]*"|'[^']*'|\S+))?""")


def project_files(topic: Path) -> list[Path]:
    return sorted(topic.rglob("*.py")) if topic.is_dir() else [topic]


def facts(value: Value) -> Iterator[str]:
    """What is known about a value, as the comments write it."""
    for one in value.consts:
        yield f"const={_constant(one)}"
    for shape in value.shapes:
        yield f'shape="{shape.text()}"'
    yield from (f"api={path}" for path in value.apis)
    yield from ("type=" + OWN_CLASS.sub(r"\1", name) for name in value.types)
    yield from (f"ref={_PADDED.sub('@', symbol.key.rpartition('.')[2].rpartition(':')[2])}" for symbol in value.refs)
    yield from {f"param={origin.what}" for origin in value.origins if origin.label == "param"}
    yield from {origin.label for origin in value.origins if origin.label not in ("param", CALLER)}
    if value.kind:
        yield f"kind={value.kind}"
    if value.made:
        yield "made"
    if value.open:
        yield "open"


def _constant(one: Constant) -> str:
    if one.kind in ("str", "bytes"):
        text = str(one.value).encode("unicode_escape").decode()
        return f'"{text}"'
    return str(one.value)


def expected(comment: str) -> tuple[set[str], set[str]]:
    """The facts that must be found, and those that are known not to be."""
    stated: set[str] = set()
    missing: set[str] = set()
    into = stated
    for name, value in FACT.findall(comment.replace("MISSING:", "MISSING").replace("SPURIOUS:", "SPURIOUS")):
        if name in {"MISSING", "SPURIOUS"}:
            into = missing if name == "MISSING" else stated
        else:
            into.add(f"{name}={value}" if value else name)
    return stated, missing


def seen(topic: Path) -> dict[tuple[str, int], set[str]]:
    """File and line of each `see(…)` with what the engine knows of its argument."""
    root = topic if topic.is_dir() else topic.parent
    modules = [lower(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in project_files(topic)]
    engine = Engine(Project(modules), MODELS)
    starts = {module.path: LineIndex(module.line_starts) for module in modules}
    found: dict[tuple[str, int], set[str]] = {}
    for concept in engine.concepts():
        if isinstance(concept, LogRecord) and concept.site.written == "see" and concept.message is not None:
            line = starts[concept.site.path].position(concept.site.node.at).line
            found[concept.site.path, line] = set(facts(concept.message.value)) or {"nothing"}
    assert not engine.problems, engine.problems
    return found


def stated(topic: Path) -> Iterator[tuple[str, int, str, str]]:
    """File, line, code and comment of each `see(…)`."""
    root = topic if topic.is_dir() else topic.parent
    for file in project_files(topic):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().startswith("see("):
                code, _, comment = line.partition("  # $ ")
                yield file.relative_to(root).as_posix(), number, code, comment


TOPICS = sorted(path for path in DATA.iterdir() if path.suffix == ".py" or path.is_dir())


@pytest.mark.parametrize("topic", TOPICS, ids=lambda path: path.stem)
def test_values(topic: Path) -> None:
    found = seen(topic)
    told = []
    for path, line, code, comment in stated(topic):
        want, gaps = expected(comment)
        got = found.get((path, line), {"dead"})
        if want != got or gaps & got:
            extra = "".join(f"\n    not stated: {one}" for one in sorted(got - want))
            missing = "".join(f"\n    not found:  {one}" for one in sorted(want - got))
            missing += "".join(f"\n    mended, no longer MISSING: {one}" for one in sorted(gaps & got))
            told.append(f"{topic.name}/{path}:{line}: {code.strip()}{extra}{missing}")
    if told:
        pytest.fail("\n".join(told), pytrace=False)


OWN_APPLICATION = """
from flask import Flask
class Service(Flask):
    def __init__(self, name):
        super().__init__(name)
def create():
    app = Service(__name__)
    app.config["DEBUG"] = True
    return app
"""


def test_what_an_own_class_tells_its_library_base_is_followed_without_a_crash() -> None:
    engine = Engine(Project([lower("app.py", OWN_APPLICATION)]), MODELS)
    told = [concept.site for concept in engine.concepts() if concept.site.api == "flask.Flask"]
    assert not engine.problems
    assert told


STEPS = ("price", "size", "colour", "owner", "state", "age", "rank", "unit", "food", "text")
FLUENT = """
from django.db import models
class Orders(models.QuerySet):
""" + "".join(
    f"    def by_{name}(self, value):\n        return self.filter({name}=value) if value else self\n" for name in STEPS
) + """
def found(orders, asked):
    if asked.new:
        orders = orders.with_new()
    if asked.old:
        orders = orders.with_old()
""" + "".join(f"    orders = orders.by_{name}(asked.{name})\n" for name in STEPS * 3) + """
    return orders
class Order(models.Model):
    objects = Orders.as_manager()
def view(request):
    return found(Order.objects.filter(user=request.user), request)
"""  # fmt: skip


def test_a_chain_of_own_methods_that_may_give_their_object_back_does_not_double_what_it_may_be() -> None:
    engine = Engine(Project([lower("orders.py", FLUENT)]), MODELS)
    engine.go_through()
    found = next(one for one in engine.project.functions() if one.node.name == "found")
    assert len(engine.summary(found).result.types) <= MAX_NAMES
    assert not engine.problems


def test_bases_that_are_asked_for_while_a_module_is_under_way_are_asked_for_again() -> None:
    modules = [
        lower("guarding.py", "from tools import LABEL\nfrom library import Base\n\n\nclass Guarded(Base):\n    label = LABEL\n"),
        lower("tools.py", "def named(name):\n    return name\n\n\nLABEL = named('page')\n"),
        lower("views.py", "from guarding import Guarded\n\n\nclass Orders(Guarded):\n    pass\n"),
    ]
    project = Project(modules)
    orders = next(one for module in project.modules.values() for one in module.classes.values() if one.name == "Orders")
    early: list[tuple[str, ...]] = []

    def asking(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value:  # noqa: ARG001
        early.append(frame.engine.external_bases(orders))
        return value

    engine = Engine(project, MODELS, asking)
    engine.go_through()
    assert early[0] == ("Base",)  # what the module imports further down is not there yet
    assert engine.external_bases(orders) == ("library.Base",)


LOOKED_UP_AGAIN = """
from django.shortcuts import get_list_or_404
def view(request):
    rows = request.rows
    rows = get_list_or_404(rows)
    return rows
"""


def test_a_variable_that_is_looked_up_by_itself_has_no_class() -> None:
    engine = Engine(Project([lower("views.py", LOOKED_UP_AGAIN)]), MODELS)
    view = next(iter(engine.project.functions()))
    returned = next(one.value for one in view.node.body if isinstance(one, ir.Return))
    assert returned is not None
    assert Entities(Schemas(engine)).of(view, returned) == []


def show() -> None:
    for topic in TOPICS:
        found = seen(topic)
        for path, line, code, _ in stated(topic):
            sys.stdout.write(
                f"{topic.name}/{path}:{line}: {code.strip()}  # $ {' '.join(sorted(found.get((path, line), {'dead'})))}\n"
            )


if __name__ == "__main__":
    show()


def test_modules_that_import_all_of_each_other_do_not_look_for_a_name_for_ever() -> None:
    first = lower("a.py", "from b import *\n\ndef f():\n    return missing()\n")
    second = lower("b.py", "from a import *\nfrom os import system\n\ndef g():\n    return other()\n")
    engine = Engine(Project([first, second]), MODELS)
    engine.go_through()
    assert not engine.problems
    module = engine.project.modules["a"]
    assert engine.module_attribute(module, "missing") is None
    found = engine.module_attribute(module, "system")
    assert found is not None
    assert found.apis == {"os.system"}


def test_a_module_that_imports_its_own_name_hides_no_library() -> None:
    """`shop/celery.py` begins with `from celery import Celery`: beside it, `celery` means the library as well."""
    own = lower("shop/celery.py", "from celery import Celery\napp = Celery('shop')\n")
    helper = lower("shop/orders.py", "def save():\n    return 1\n")
    jobs = lower("shop/jobs/mail.py", "from celery import shared_task\nfrom orders import save\n")
    package = [lower("shop/__init__.py", ""), lower("shop/jobs/__init__.py", "")]
    project = Project([own, helper, jobs, *package])
    importer = project.modules["shop/jobs/mail"]
    assert project.find(importer, "celery", 0) is None
    assert project.find(importer, "orders", 0) is project.modules["shop/orders"]
