"""Parameters of what Next.js calls by where it lies and by its name: pages, `getServerSideProps`, server actions.

https://nextjs.org/docs/app/api-reference/file-conventions/page, https://nextjs.org/docs/app/api-reference/directives/use-server,
https://nextjs.org/docs/pages/api-reference/functions/get-server-side-props
"""

import re

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.flow.values import UNKNOWN, Value, changed, instance
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

_PAGE = re.compile(r"(?:^|/)app/(?:.*/)?(?:page|layout|default|template|opengraph-image|sitemap)\.[mc]?[jt]sx?$")
_OF_PAGE = frozenset(("params", "searchParams"))
_ON_SERVER = frozenset(("getServerSideProps", "getInitialProps"))
_NUMBERS = frozenset(("number", "boolean", "bigint", "Date"))
_PARSED = frozenset(("parsed",))
_DIRECTIVE = "use server"


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """What Next.js fills the parameter with; None where it is not known to call the function."""
    if symbol.owner is not None or not isinstance(frame.engine, ScriptEngine):
        return None
    if at == 0 and symbol.parent is None and symbol.node.name in _ON_SERVER:
        frame.engine.served.returns_to(symbol, "next.getServerSideProps.answer")
        return instance("next.PageContext")
    if at == 0 and symbol.parent is None and _PAGE.search(frame.module.path) and _of_page(param):
        return instance("next.PageProps")
    if not _is_action(symbol, frame.module) or (param.annotation is not None and written(param.annotation) in _NUMBERS):
        return None
    marks = frozenset[str]() if param.annotation is not None and written(param.annotation) == "FormData" else _PARSED
    origin = Origin("untrusted", ("next.action", frame.module.path, param.at), "the argument of the server action", marks)
    stepped = origin.step(frame.mark(param, f"{param.name} comes from outside"))
    return (changed(value, open=True) if value.types else UNKNOWN).with_origins((stepped,))


def _of_page(param: ir.Param) -> bool:
    items = param.pattern.items if isinstance(param.pattern, ir.Container) else []
    named = {str(one.key.value) for one in items if isinstance(one.key, ir.Const)}
    return bool(named & _OF_PAGE) or param.name == "props"


def _is_action(symbol: FunctionSymbol, module: ModuleSymbol) -> bool:
    """Whether clients can call the function: it says so itself, or its file does and exports it."""
    if _says_so(symbol.node.body):
        return True
    own = {name for source, name in module.exported.values() if not source}
    return symbol.parent is None and symbol.node.is_async and symbol.node.name in own and _says_so(module.node.body)


def _says_so(body: list[ir.Stmt]) -> bool:
    first = body[0] if body else None
    return isinstance(first, ir.ExprStmt) and isinstance(first.value, ir.Const) and first.value.value == _DIRECTIVE
