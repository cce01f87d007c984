"""What functions of libraries are called there, under whatever name a module imports them."""

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import ModuleSymbol


def library_name(engine: Engine, module: ModuleSymbol, node: ir.Expr) -> str:
    """The last word of what a callee is called in its library; as written where that is not known."""
    value = engine.environment(module).get(node.id) if isinstance(node, ir.Name) else None
    known = sorted(value.apis) if value is not None else []
    return (known[0] if known else written(node)).rpartition(".")[2]
