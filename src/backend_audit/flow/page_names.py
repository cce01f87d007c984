"""Names that every template gets: Flask's and Django's context processors.

https://flask.palletsprojects.com/en/stable/templating/#context-processors,
https://docs.djangoproject.com/en/stable/ref/templates/api/#writing-your-own-context-processors
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import Language

if TYPE_CHECKING:
    from backend_audit.flow.arguments import Args
    from backend_audit.flow.engine_state import EngineState

_DECORATORS = frozenset(("context_processor", "app_context_processor"))
_SETTING = "context_processors"
_processors: "WeakKeyDictionary[EngineState, list[FunctionSymbol]]" = WeakKeyDictionary()


def given_to_all(engine: "EngineState", given: "Args") -> "Args":
    """What the processors of the project add to the names that a view hands over."""
    processors = _processors.get(engine)
    if processors is None:
        processors = _processors[engine] = list(_found(engine))
    taken = {key for key, _ in given}
    added: list[tuple[str, Operand]] = []
    for one in processors:
        result = engine.settled(engine.summary(one).result)
        for key, value in (result.items or {}).items() if result.kind == "dict" else ():
            if key not in taken:
                added.append((str(key), Operand(value, None)))
    return tuple(added)


def _found(engine: "EngineState") -> Iterator[FunctionSymbol]:
    named = set(_in_settings(engine))
    for function in engine.project.functions():
        decorators = (one.func if isinstance(one, ir.Call) else one for one in function.node.decorators)
        if any(written(one).rpartition(".")[2] in _DECORATORS for one in decorators):
            yield function
        elif function.owner is None and function.parent is None and function.node.name in {path[-1] for path in named}:
            parts = tuple(function.module.path.removesuffix(".py").removesuffix("/__init__").split("/"))
            if any(path[-1] == function.node.name and parts[-len(path) + 1 :] == path[:-1] for path in named):
                yield function


def _in_settings(engine: "EngineState") -> Iterator[tuple[str, ...]]:
    """The functions that settings name, as the parts of their dotted paths."""
    for module in engine.project.modules.values():
        if module.node.language is not Language.PYTHON or "settings" not in module.path:
            continue
        for node in module.nodes.of(ir.Item):
            if isinstance(node.key, ir.Const) and node.key.value == _SETTING:
                for one in ir.walk(node.value):
                    if isinstance(one, ir.Const) and isinstance(one.value, str) and "." in one.value:
                        yield tuple(one.value.split("."))
