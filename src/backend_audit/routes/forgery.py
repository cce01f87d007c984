"""Guards that ask for a sign that no other site could send, and not who calls: their 401 says nothing of a login."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours

_FORGERY = re.compile(r"(?:^|[^a-z])[cx]srf(?:[^a-z]|$)", re.IGNORECASE)


def asks_for_sign_alone(engine: Engine, behaviours: Behaviours, function: FunctionSymbol) -> bool:
    """Whether a function turns callers away by such a test alone: `if not check_csrf(request): return JSONResponse({}, 401)`."""
    frame = engine.frame(function.module, function)
    tests = list(_tests(behaviours, frame, function.node.body, ""))
    return bool(tests) and all(_FORGERY.search(one) for one in tests)


def _tests(behaviours: Behaviours, frame: Frame, body: list[ir.Stmt], under: str) -> Iterator[str]:
    """What stands above each denial, the nearest test as it is written."""
    for node in body:
        if isinstance(node, ir.If):
            said = written(node.test)
            yield from _tests(behaviours, frame, node.body, said)
            yield from _tests(behaviours, frame, node.orelse, said)
        elif isinstance(node, ir.Raise):
            yield from [under] if node.exc is not None and behaviours.denying_raise(frame, node.exc) else []
        elif isinstance(node, ir.Return):
            yield from [under] if node.value is not None and behaviours.denying_answer(frame, node.value) else []
        elif isinstance(node, (ir.With, ir.For, ir.While)):
            yield from _tests(behaviours, frame, node.body, under)
        elif isinstance(node, ir.Try):
            for inner in (node.body, *(one.body for one in node.handlers), node.orelse, node.final):
                yield from _tests(behaviours, frame, inner, under)
