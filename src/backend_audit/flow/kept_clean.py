"""Fields of objects into which a project puts nothing but cleaned markup, by both names: `team.info = bleach.clean(text)`."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import Language

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

_HTML = "html"
_Field = tuple[str, str]


def told(engine: "Engine", node: ir.Expr, value: Value) -> Value:
    """`value`, which a template writes, with the mark of cleaned markup where nothing but the field is known of it."""
    while isinstance(node, ir.Filter):
        node = node.value
    if not isinstance(node, ir.Attribute) or any(one.label != "param" for one in value.all_origins()):
        return value
    if (last_word(node.value), node.attr) not in _fields(engine):
        return value
    return value.with_origins((Origin("clean", (node.attr,), node.attr, frozenset((_HTML,))),))


def _fields(engine: "Engine") -> frozenset[_Field]:
    """The names of objects and fields that are only ever given what a cleaning function has made, or a constant."""
    if engine.kept_clean is None:
        clean: set[_Field] = set()
        other: set[_Field] = set()
        for function in engine.project.functions():
            if function.module.node.language is not Language.PYTHON:
                continue
            for node in ir.walk_scope(*function.node.body):
                if not isinstance(node, ir.Assign) or node.value is None or isinstance(node.value, ir.Const):
                    continue
                fields = [(last_word(one.value), one.attr) for one in node.targets if isinstance(one, ir.Attribute)]
                if fields:
                    (clean if _is_cleaned(engine, function, node.value, node.at) else other).update(fields)
        engine.kept_clean = frozenset(clean - other)
    return engine.kept_clean


def _is_cleaned(engine: "Engine", function: FunctionSymbol, node: ir.Expr, before: int) -> bool:
    """Whether an expression is what a cleaning function gives, or a variable that was last given that."""
    if isinstance(node, ir.Name):
        given = [
            one
            for one in ir.walk_scope(*function.node.body)
            if isinstance(one, ir.Assign)
            and one.at < before
            and any(isinstance(name, ir.Name) and name.id == node.id for name in one.targets)
        ]
        last = max(given, key=lambda one: one.at, default=None)
        return last is not None and last.value is not None and _is_cleaned(engine, function, last.value, last.at)
    if not isinstance(node, ir.Call) or not isinstance(node.func, (ir.Name, ir.Attribute)):
        return False
    callee = engine.frame(function.module, function).eval(node.func)
    own = of_kind(callee.refs, FunctionSymbol)
    transfers = [engine.models.transfers.get(path) for path in callee.apis]
    cleans = all(one is not None and _HTML in one.clears for one in transfers) and all(_cleans(engine, one) for one in own)
    return cleans and bool(own or transfers)


def _cleans(engine: "Engine", function: FunctionSymbol) -> bool:
    """Whether what the function gives of its arguments is cleaned."""
    given = [one for one in engine.summary(function).result.all_origins() if one.label in ("param", "clean")]
    return bool(given) and all(_HTML in one.cleared for one in given)
