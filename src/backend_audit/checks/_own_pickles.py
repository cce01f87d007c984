"""Whether what is read back was written by the same code: a cache's entry, a call that another process is to run."""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks._context import calls_in, path_to, scope
from backend_audit.flow.concepts import Site
from backend_audit.flow.written import last_word

_WRITERS = frozenset(("dumps", "dump"))


def wrote_it(site: Site) -> bool:
    """Whether the function of `site` writes such data itself, or its file hands what it reads there."""
    if site.call is None or not site.call.args:
        return False
    if any(True for _ in _written(scope(site))):
        return True
    given = _base(site.call.args[0].value)
    if isinstance(given, ir.Attribute):
        return _is_kept(given, site)
    return isinstance(given, ir.Name) and _is_handed(given.id, site)


def _written(body: Sequence[ir.Stmt]) -> Iterator[ir.Call]:
    return (call for call in calls_in(body) if isinstance(call.func, ir.Attribute) and call.func.attr in _WRITERS and call.args)


def _base(expr: ir.Expr) -> ir.Expr:
    """`payload` of `gzip.decompress(payload)`."""
    while isinstance(expr, ir.Call) and expr.args:
        expr = expr.args[0].value
    return expr


def _is_kept(attribute: ir.Attribute, site: Site) -> bool:
    """`self.data = pickle.dumps(…)` in the class around it."""
    owner = next((node for node in reversed(path_to(site)) if isinstance(node, ir.Class)), None)
    return owner is not None and any(
        any(isinstance(one, ir.Attribute) and one.attr == attribute.attr for one in node.targets)
        and isinstance(node.value, ir.Call)
        and last_word(node.value.func) in _WRITERS
        for node in ir.walk(*owner.body)
        if isinstance(node, ir.Assign)
    )


def _is_handed(name: str, site: Site) -> bool:
    """`partial(run, pickle.dumps(call))`, for the function `run` that reads its parameter."""
    function = site.function
    if function is None or site.module is None or all(param.name != name for param in function.params):
        return False
    written = {id(call) for call in _written(site.module.body)}
    kept = {
        target.id
        for node in ir.walk(*site.module.body)
        if isinstance(node, ir.Assign) and id(node.value) in written
        for target in node.targets
        if isinstance(target, ir.Name)
    }
    for call in calls_in(site.module.body):
        values = [call.func, *(arg.value for arg in call.args)]
        named = any(isinstance(one, ir.Name) and one.id == function.name for one in values)
        if named and any(id(one) in written or (isinstance(one, ir.Name) and one.id in kept) for one in values):
            return True
    return False
