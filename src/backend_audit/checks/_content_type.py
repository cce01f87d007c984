"""The content type that a response gets: with the call that makes it, or afterwards in the same function."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import path_to
from backend_audit.checks._operands import names
from backend_audit.flow.concepts import HtmlOutput, Operand
from backend_audit.flow.written import dotted, first_word, last_word

_TYPE = "content-type"
_ITS_OWN: set[str | None] = {"response", "bottle.response", "cherrypy.response"}  # what a handler returns goes into these
_ATTRIBUTES = frozenset({"mimetype", "content_type", "media_type"})


def given(output: HtmlOutput) -> Iterator[Operand | str]:
    """What says which type the output has: operands of the call, texts that are assigned later."""
    if output.mimetype is not None and not output.mimetype.value.is_just(None):
        yield output.mimetype
    headers = [output.headers] if output.headers is not None else [one for key, one in output.site.args if key in ("1", "2")]
    for operand in headers:
        for key, value in (operand.value.items or {}).items():
            if isinstance(key, str) and key.lower() == _TYPE:
                yield Operand(value, None)
    yield from _assigned(output)
    yield from _set_by_calls(output)
    yield from _made_with(output)


def is_markup(kind: Operand | str) -> bool | None:
    """Whether a browser reads this type as markup, None if it is not known which type it is."""
    texts = (kind,) if isinstance(kind, str) else kind.value.texts() or tuple(names(kind))
    if any(word in text.lower() for text in texts for word in ("html", "svg", "xml")):
        return True
    return False if texts or (not isinstance(kind, str) and kind.value.constants() is not None) else None


def _set_by_calls(output: HtmlOutput) -> Iterator[str]:
    """`res.type("json")`, `res.setHeader("Content-Type", …)`, `ctx.type = "json"` of the same object, around the output."""
    call, node = output.site.call, output.site.node
    written = call.func if call is not None else node.targets[0] if isinstance(node, ir.Assign) else None
    functions = [one for one in path_to(output.site) if isinstance(one, ir.Function)]
    if isinstance(node, ir.Return) and functions:  # `reply.type("text/html"); return page`
        around, bases = functions[0], {param.name for param in functions[0].params}
    else:
        base = "" if written is None else first_word(written)
        found = next((one for one in functions if _has(one, base)), None)
        if not base or found is None:
            return
        around, bases = found, {base}
    for node in ir.walk(*around.body, *_before_handlers(output, bases)):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and first_word(node.func) in bases:
            yield from _type_in(node)
        elif isinstance(node, ir.Assign) and _is_type_of(node.targets[0], bases):
            if isinstance(node.value, ir.Const):
                yield _full(str(node.value.value))
            elif isinstance(node.value, ir.Attribute):  # `falcon.MEDIA_HTML`
                yield node.value.attr.lower()


def _before_handlers(output: HtmlOutput, bases: set[str]) -> Iterator[ir.Stmt]:
    """What Tornado runs in front of each handler of the class around, or of one of the file that it is made from."""
    held = [one for one in path_to(output.site) if isinstance(one, ir.Class)] if "self" in bases else []
    module = output.site.module
    if held and module is not None:
        named = {last_word(base.value) for base in held[-1].bases}
        held = [*held[-1:], *(one for one in ir.walk_scope(*module.body) if isinstance(one, ir.Class) and one.name in named)]
    for one in held:
        for method in one.body:
            if isinstance(method, ir.Function) and method.name in ("set_default_headers", "prepare"):
                yield from method.body


def _made_with(output: HtmlOutput) -> Iterator[Operand | str]:
    """What a response was made with that is written to later: `r = Response(mimetype="text/plain")`, then `r.data = text`."""
    function, base = output.site.function, _written_to(output)
    for node in ir.walk(*list(function.body)) if function is not None and base else ():
        if not isinstance(node, ir.Assign) or not isinstance(node.value, ir.Call) or dotted(node.targets[0]) != base:
            continue
        for arg in node.value.args:
            if arg.name in _ATTRIBUTES and isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str):
                yield arg.value.value
            for item in arg.value.items if arg.name == "headers" and isinstance(arg.value, ir.Container) else ():
                if isinstance(item.key, ir.Const) and str(item.key.value).lower() == _TYPE and isinstance(item.value, ir.Const):
                    yield str(item.value.value)


def _written_to(output: HtmlOutput) -> str:
    """The variable whose method writes the text, or whose attribute it is assigned to."""
    call, node = output.site.call, output.site.node
    target = call.func if call is not None else node.targets[0] if isinstance(node, ir.Assign) else None
    return dotted(target.value) or "" if isinstance(target, ir.Attribute) else ""


def _type_in(call: ir.Call) -> Iterator[str]:
    values = [arg.value for arg in call.args]
    name = call.func.attr if isinstance(call.func, ir.Attribute) else ""
    first = values[0].value if values and isinstance(values[0], ir.Const) else None
    if name in ("type", "contentType") and isinstance(first, str):
        yield _full(first)
    elif name == "attachment" or (name in ("setHeader", "set", "header") and len(values) > 1 and _is_download(*values[:2])):
        yield "application/octet-stream"  # whatever it is, the browser saves it
    elif name in ("setHeader", "set", "header", "set_header", "send_header") and str(first).lower() == _TYPE and len(values) > 1:
        yield values[1].value if isinstance(values[1], ir.Const) and isinstance(values[1].value, str) else "?/?"
    for value in values:
        for item in value.items if isinstance(value, ir.Container) and name in ("writeHead", "set", "header", "headers") else ():
            if isinstance(item.key, ir.Const) and str(item.key.value).lower() == _TYPE and isinstance(item.value, ir.Const):
                yield str(item.value.value)


def _is_download(header: ir.Expr, value: ir.Expr) -> bool:
    """`res.setHeader("Content-Disposition", `attachment; filename=${name}`)`."""
    named = isinstance(header, ir.Const) and str(header.value).lower() == "content-disposition"
    parts = (one.value for one in ir.walk(value) if isinstance(one, ir.Const) and isinstance(one.value, str))
    return named and next(parts, "").lower().startswith("attachment")


def _is_type_of(target: ir.Expr, bases: set[str]) -> bool:
    """`ctx.type`, Koa's; `resp.content_type`, Falcon's."""
    return isinstance(target, ir.Attribute) and target.attr in ("type", "content_type") and first_word(target) in bases


def _full(kind: str) -> str:
    return kind if "/" in kind or "html" in kind else f"text/{kind}"


def _has(function: ir.Function, name: str) -> bool:
    return any(param.name == name for param in function.params)


def _assigned(output: HtmlOutput) -> Iterator[str]:
    """`response.mimetype = "text/plain"` after `response = make_response(…)`."""
    function, call = output.site.function, output.site.call
    if function is None or (call is None and output.site.api != "return" and not _written_to(output)):
        return
    assigns = [node for node in ir.walk(*list(function.body)) if isinstance(node, ir.Assign)]
    made = {dotted(node.targets[0]) for node in assigns if node.value is call} - {None} if call is not None else _ITS_OWN
    made = made | ({_written_to(output)} - {""})
    for node in assigns:
        if isinstance(node.value, ir.Const) and isinstance(node.value.value, str) and _sets_type(node.targets[0], made):
            yield node.value.value


def _sets_type(target: ir.Expr, made: set[str | None]) -> bool:
    if isinstance(target, ir.Attribute):
        return target.attr in _ATTRIBUTES and dotted(target.value) in made
    if not isinstance(target, ir.Index) or not isinstance(target.index, ir.Const):
        return False
    base = target.value
    if isinstance(base, ir.Attribute) and base.attr == "headers":
        base = base.value
    return str(target.index.value).lower() == _TYPE and dotted(base) in made
