"""Whether a program holds its requests against a description of the API before their handlers run."""

from collections.abc import Iterable

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import ModuleSymbol

_DESCRIBER = "express-openapi-validator"


def asks_description(modules: Iterable[ModuleSymbol]) -> bool:
    """Whether a middleware of the program holds every request against a description of the API in OpenAPI.

    https://cdimascio.github.io/express-openapi-validator-documentation/usage-validate-requests/
    """
    return any(_asks_description(node) for one in modules if _loads(one) for node in ir.walk(*one.node.body))


def _loads(module: ModuleSymbol) -> bool:
    calls = (one for one in ir.walk(*module.node.body) if isinstance(one, ir.Call) and written(one.func) == "require")
    named = [arg.value.value for one in calls for arg in one.args if isinstance(arg.value, ir.Const)]
    return _DESCRIBER in named or any(isinstance(one, ir.Import) and one.module == _DESCRIBER for one in module.node.body)


def _asks_description(node: ir.Node) -> bool:
    """`OpenApiValidator.middleware({ apiSpec: "openapi.yml" })`."""
    given = node.args[0].value if isinstance(node, ir.Call) and len(node.args) == 1 else None
    told = (
        {one.key.value: one.value for one in given.items if isinstance(one.key, ir.Const)}
        if isinstance(given, ir.Container)
        else {}
    )
    asked = told.get("validateRequests")
    return "apiSpec" in told and not (isinstance(asked, ir.Const) and asked.value is False)
