"""What a function returns for a template that is named beside it: Django's class-based views, decorators with a template.

`template_name` of the class and `get_context_data`: https://docs.djangoproject.com/en/stable/ref/class-based-views/mixins-simple/;
`@aiohttp_jinja2.template("page.html")`, `@view_config(renderer="page.mako")`: the mapping that is returned is the context.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow import rendering
from backend_audit.flow.concepts import Operand, TemplateRender
from backend_audit.flow.frame import FrameState
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value, text
from backend_audit.frameworks import answers
from backend_audit.link.symbols import FunctionSymbol

_ENDINGS = (".html", ".htm", ".jinja2", ".jinja", ".j2", ".mako", ".mak")
_NAMES = frozenset((None, "renderer", "template", "template_name", "name"))


def returned(frame: FrameState, symbol: FunctionSymbol, node: ir.Return, value: Value) -> None:
    """A function returns `value`: as the answer itself, or as what a template writes."""
    answers.returned(frame, symbol, node, value)
    if value.kind != "dict" or not isinstance(frame, Frame) or not frame.engine.project.templates:
        return
    for name in _templates(frame, symbol):
        site = frame.site(node, "return", "return")
        request = "django.http.HttpRequest" if symbol.owner is not None else ""
        concept = TemplateRender(
            site=site, name=Operand(text(name), None), context=Operand(value, node.value), request_type=request
        )
        frame.events[node.at, node.end, "return", name] = concept
        rendering.rendered(frame, node, concept)


def _templates(frame: FrameState, symbol: FunctionSymbol) -> Iterator[str]:
    if symbol.owner is not None and symbol.node.name == "get_context_data":
        yield from frame.engine.class_attribute(symbol.owner, "template_name").texts()
    for decorator in symbol.node.decorators:
        for arg in decorator.args if isinstance(decorator, ir.Call) else ():
            name = arg.value.value if isinstance(arg.value, ir.Const) and arg.name in _NAMES else None
            if isinstance(name, str) and name.endswith(_ENDINGS):
                yield name
