"""What a handler returns is what the browser gets: as HTML, where the framework takes a text for that.

Flask, Bottle, CherryPy and Klein send a text as `text/html`; FastAPI sends JSON unless the route names `HTMLResponse`.
https://flask.palletsprojects.com/en/stable/quickstart/#about-responses, https://fastapi.tiangolo.com/advanced/custom-response/
"""

from backend_audit import ir
from backend_audit.flow import strings
from backend_audit.flow.concepts import HtmlOutput, Operand, Redirect
from backend_audit.flow.frame import FrameState
from backend_audit.flow.values import Value, join_all
from backend_audit.flow.web_concepts import Answer
from backend_audit.flow.written import written
from backend_audit.frameworks import called_views, classes, handlers
from backend_audit.link.symbols import FunctionSymbol

_HTML = frozenset(
    {"flask.Flask", "flask.Blueprint", "quart.Quart", "quart.Blueprint", "bottle.Bottle", "bottle.route", "bottle.get",
     "bottle.post", "bottle.put", "bottle.delete", "bottle.patch", "klein.Klein", "klein.route"}
)  # fmt: skip
_PAIR = 2
_VIEWS = ("View", "Resource", "HTTPEndpoint", "RequestHandler")
_HTML_CLASSES = {"flask.MethodView": "", "flask.View": "dispatch_request", "twisted.web.resource.Resource": "render"}


def returned(frame: FrameState, symbol: FunctionSymbol, node: ir.Return, value: Value) -> None:
    """A function returns `value`: an answer, if it is a handler, and an output of HTML, if a browser gets it as markup."""
    if node.value is None or not value.all_origins():
        return
    if value.carries("error") and is_handler(frame, symbol):
        _answered(frame, node, value)
    if _redirects(frame, symbol):
        site = frame.site(node, "return", f"return {written(node.value)}")
        frame.events[node.at, node.end, "return", "redirect"] = Redirect(site=site, location=Operand(value, node.value))
    in_pieces = _is_wsgi(symbol)
    if not (in_pieces or answers_html(frame, symbol)):
        return
    content, headers, at = value, None, node.value
    if value.kind == "list" and (in_pieces or _is_of_bottle(frame, symbol)):
        content = join_all(value.inside())  # the pieces of one text
    if value.kind == "tuple":
        items = value.items or {}
        content = items.get(0, value)
        headers = next((Operand(one, None) for key, one in items.items() if key != 0 and one.kind in ("dict", "list")), None)
        if isinstance(node.value, ir.Container) and node.value.items:
            at = node.value.items[0].value
        if headers is not None:
            _led_elsewhere(frame, node, headers.value)
    if content.kind or (content.types and not content.types & {"str", "bytes"} and not _is_made_of_text(frame, content)):
        return  # a mapping or list is sent as JSON, an object is a response of its own
    site = frame.site(node, "return", f"return {written(at)}")
    frame.events[node.at, node.end, "return", "html"] = HtmlOutput(site=site, content=Operand(content, at), headers=headers)


def _is_made_of_text(frame: FrameState, content: Value) -> bool:
    """Whether it is what a library made of data, and no parsed object: `base64.b64decode(text)`."""
    made = [frame.models.transfers.get(path.removesuffix("()")) for path in content.types]
    return all(one is not None and "parsed" not in one.marks for one in made)


def _is_wsgi(symbol: FunctionSymbol) -> bool:
    """Whether it is an application of WSGI that says that it answers with HTML: `def app(environ, start_response)`."""
    if [param.name for param in symbol.node.params][-2:] != ["environ", "start_response"]:
        return False
    pairs = (one.items for one in ir.walk(*symbol.node.body) if isinstance(one, ir.Container) and len(one.items) == _PAIR)
    told = ([item.value.value for item in pair if isinstance(item.value, ir.Const)] for pair in pairs)
    return any(len(one) == _PAIR and str(one[0]).lower() == "content-type" and "html" in str(one[1]) for one in told)


def _is_of_bottle(frame: FrameState, symbol: FunctionSymbol) -> bool:
    found = handlers.registrar(frame, symbol) if symbol.node.decorators else None
    return found is not None and any(one.startswith("bottle.") for one in found[0])


def _led_elsewhere(frame: FrameState, node: ir.Return, headers: Value) -> None:
    """`return "", 302, {"Location": address}`."""
    for key, one in (headers.items or {}).items():
        if headers.kind == "dict" and str(key).lower() == "location":
            site = frame.site(node, "return", "return")
            frame.events[node.at, node.end, "return", "redirect"] = Redirect(site=site, location=Operand(one, node.value))


def _answered(frame: FrameState, node: ir.Return, value: Value) -> None:
    """The content and the status of an answer, which may be a pair."""
    content, status = value, None
    at = node.value
    if value.kind == "tuple" and value.items and 0 in value.items:
        written_out = node.value.items if isinstance(node.value, ir.Container) else []
        at = written_out[0].value if written_out else node.value
        content = value.items[0]
        status = Operand(value.items[1], written_out[1].value if len(written_out) > 1 else None) if 1 in value.items else None
    if at is None or (isinstance(at, ir.Call) and not (content.kind or strings.is_text(content))):
        return  # a response that a call makes is an answer there
    site = frame.site(node, "return", f"return {written(at)}")
    frame.events[node.at, node.end, "return", "answer"] = Answer(site=site, content=Operand(content, at), status=status)


def _redirects(frame: FrameState, symbol: FunctionSymbol) -> bool:
    """Whether a text that the function returns is the address to which the browser is sent."""
    if symbol.owner is not None:
        return symbol.node.name == "get_redirect_url" and any(
            base.endswith("RedirectView") for base in frame.engine.external_bases(symbol.owner)
        )
    found = handlers.registrar(frame, symbol) if symbol.node.decorators else None
    said = [] if found is None else [written(arg.value) for arg in found[1].args if arg.name == "response_class"]
    return any(one.endswith("RedirectResponse") for one in said)


def is_handler(frame: FrameState, symbol: FunctionSymbol) -> bool:
    """Whether a framework calls the function and answers with what it returns."""
    if symbol.owner is not None:
        lineage = classes.bases(frame, symbol.owner)
        return symbol.node.name in classes.HTTP and any(base.endswith(_VIEWS) for base in lineage)
    return bool(symbol.node.decorators) and handlers.registrar(frame, symbol) is not None


def answers_html(frame: FrameState, symbol: FunctionSymbol) -> bool:
    """Whether a text that the function returns is sent as HTML."""
    if symbol.owner is not None:
        lineage = classes.bases(frame, symbol.owner)
        for base, prefix in _HTML_CLASSES.items():
            if base in lineage and (symbol.node.name.startswith(prefix) if prefix else symbol.node.name in classes.HTTP):
                return True
        if classes.is_of_cherrypy(frame, symbol):
            return True
        if classes.is_of_web_py(frame, symbol):
            return True
    by_call = called_views.called(frame.engine, symbol)
    if by_call is not None:
        return bool(by_call.owners & _HTML)
    if not symbol.node.decorators:
        return False
    found = handlers.registrar(frame, symbol)
    if found is None:
        return False
    owners, decorator = found
    for arg in decorator.args:
        if arg.name == "response_class":
            return written(arg.value).endswith("HTMLResponse")
        if arg.name == "media_type":  # of Litestar
            return "html" in written(arg.value).lower()
    return bool(owners & _HTML) or _by_default(symbol, decorator)


def _by_default(symbol: FunctionSymbol, decorator: ir.Call) -> bool:
    """Whether the object whose decorator it is answers with HTML: `FastAPI(default_response_class=HTMLResponse)`."""
    owner = decorator.func.value if isinstance(decorator.func, ir.Attribute) else None
    made = [
        one.value for one in ir.walk_scope(*symbol.module.node.body)
        if isinstance(one, ir.Assign) and isinstance(owner, ir.Name) and written(one.targets[0]) == owner.id
    ]  # fmt: skip
    given = [arg for one in made if isinstance(one, ir.Call) for arg in one.args if arg.name == "default_response_class"]
    return any(written(one.value).endswith("HTMLResponse") for one in given)
