"""Templates at work: what a call that renders one hands over, what its outputs and filters make of that.

A template is a function of the names in its context (`lower/templates`); rendering it is calling that function.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import escaping, kept_clean, page_names
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand, TemplateOutput, TemplateRender
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import DERIVED, Origin
from backend_audit.flow.parts import of_rest, part_of
from backend_audit.flow.summary import bind_arguments, lift
from backend_audit.flow.values import (
    CLOSED_TYPES,
    NOTHING,
    UNKNOWN,
    Key,
    Value,
    api,
    changed,
    container,
    instance,
    join,
    join_all,
    join_optional,
    ref,
)
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import Language

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls
    from backend_audit.flow.models import Row

LOADERS = frozenset(
    {
        "jinja2.Environment.get_template",
        "jinja2.Environment.select_template",
        "jinja2.Environment.get_or_select_template",
        "starlette.templating.Jinja2Templates.get_template",
        "mako.lookup.TemplateLookup.get_template",
        "django.template.loader.get_template",
        "django.template.loader.select_template",
        "django.template.Engine.get_template",
    }
)
_DICT = frozenset(dir(dict))
_ESCAPED_ENDINGS = (".html", ".htm", ".xhtml", ".xml", ".svg")
_ESCAPED = frozenset(("text", "quoted", "comment", "style", "tag", "string"))  # where escaping for HTML is enough
_SAME = frozenset(("safe", "safeseq", "raw", "trim", "string"))  # filters that give back what they get
_OTHERWISE = frozenset(("default", "d", "default_if_none"))


# --- in Python -------------------------------------------------------------------------------------------------------


def loaded(args: Args) -> dict[Key, Value]:
    """What an object says of the template that was loaded into it."""
    name = argument(args, "0:name") or argument(args, "0:template_name")
    return {} if name is None else {"template": name.value}


def called(frame: "Calls", row: "Row", path: str, node: ir.Call, receiver: Value | None, args: Args) -> None:
    """A call of a function that renders templates."""
    compiled = receiver is None and "name" not in row.roles  # called itself: `pug.compileFile(path)(context)`
    name = _name(row, frame.eval(node.func) if compiled else receiver, args)
    if name is None or not frame.engine.project.templates:
        return
    given = argument(args, row.roles["context"]) if "context" in row.roles else None
    request = argument(args, row.roles["request"]) if "request" in row.roles else None
    context = _context(frame, given)
    if row.constants.get("keywords"):
        context = _with_keywords(context, args)
    site = frame.site(node, path, written(node.func), node, args)
    kind = str(row.constants.get("request_type", ""))
    concept = TemplateRender(site=site, name=name, context=Operand(context, None), request=request, request_type=kind)
    frame.events[node.at, node.end, path, id(row)] = concept
    rendered(frame, node, concept)


def _name(row: "Row", receiver: Value | None, args: Args) -> Operand | None:
    spec = row.roles.get("name")
    if spec is None:
        name = None if receiver is None or receiver.items is None else receiver.items.get("template")
        return None if name is None else Operand(name, None)
    star = next((one for key, one in args if key == "*"), None)
    found = argument(args, spec)
    return star if star is not None and (found is None or found.value is UNKNOWN) else found


def _context(frame: "Calls", given: Operand | None) -> Value:
    if given is None:
        return container("dict")
    node = given.node
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id in ("locals", "vars"):
        return container("dict", {name: value for name, value in frame.env.items() if "." not in name})
    return given.value


def _with_keywords(context: Value, args: Args) -> Value:
    items: dict[Key, Value] = dict(context.items or {})
    items.update((key, one.value) for key, one in args if not key.isdigit() and "*" not in key)
    hidden = next((one.value for key, one in args if key == "**"), None)
    if hidden is not None and not items and context.elem is None and not context.origins:
        return hidden
    elem = context.elem if hidden is None else join_optional(context.elem, hidden.elem or hidden.derived())
    origins = context.origins if hidden is None else context.origins | hidden.origins
    return changed(container("dict", items or None, elem), origins=origins)


def rendered(frame: "Calls", node: ir.Node, concept: TemplateRender) -> None:
    """Call the templates that are meant with what they are given."""
    if concept.name is None or concept.context is None:
        return
    context = concept.context.value
    args: list[tuple[str, Operand]] = [(str(key), Operand(value, None)) for key, value in (context.items or {}).items()]
    if "request" not in dict(args):
        given = concept.request.value if concept.request is not None else None
        if given is None and concept.request_type:
            given = api(concept.request_type)
        args += [] if given is None else [("request", Operand(given, None))]
    args += page_names.given_to_all(frame.engine, tuple(args))
    if context.elem is not None or context.open or not context.kind:
        rest = context if context.kind else changed(context, items=None)
        args.append(("**", Operand(rest if context.elem is None else context.elem, None)))
    for name in _names(concept.name.value):
        for symbol in frame.engine.project.templates.find(name, frame.module.path):
            run(frame, node, symbol, (*args, *_parts(context, symbol, args)))


def _parts(context: Value, symbol: FunctionSymbol, args: list[tuple[str, Operand]]) -> Args:
    """The names that a template takes from a mapping that is a parameter itself, or from `**kwargs`: each a part of that."""
    if context.kind:
        wanted = {param.name for param in symbol.node.params} - {key for key, _ in args}
        held = ((name, of_rest(context, name)) for name in sorted(wanted) if context.elem is not None)
        return tuple((name, Operand(value, None)) for name, value in held if value is not None)
    if not context.origins or any(one.label != "param" or one.key[-1] == DERIVED for one in context.origins):
        return ()
    given = {key for key, _ in args}
    names = [param.name for param in symbol.node.params if param.name not in given]
    return tuple((name, Operand(part_of(context, (name,)), None)) for name in names)


def _names(value: Value) -> tuple[str, ...]:
    if value.kind in ("tuple", "list"):
        inner = join_all([*(value.items or {}).values()])
        return (*value.texts(), *inner.texts())
    return value.texts()


def run(frame: "Calls", node: ir.Node, symbol: FunctionSymbol, args: Args) -> None:
    """What happens in a template happens here with these names."""
    engine = frame.engine
    bound = bind_arguments(symbol, None, args)
    engine.note_call(symbol, bound)
    mark = frame.mark(node, f"handed to the template {symbol.node.name}")
    for number, event in enumerate(engine.summary(symbol).lifting):
        lifted = lift(event, symbol.key, bound, mark)
        if lifted is not None:
            frame.events[symbol.key, number, node.at] = lifted


# --- in templates ----------------------------------------------------------------------------------------------------


def _is_escaped(frame: "Calls", escape: str) -> bool:
    """Whether a value is escaped that is written so; the project is asked only where neither place nor name tells."""
    if escape == "default":
        return frame.module.path.endswith(_ESCAPED_ENDINGS) or escaping.by_jinja(frame.engine.project)
    return escape == "on" or (escape == "engine" and escaping.by_mako(frame.engine.project))


def output(frame: "Calls", node: ir.Output) -> bool:
    """A value is written. Events are only those outputs whose escaping does not fit their place."""
    escaped = _is_escaped(frame, node.escape)
    fits = escaped and node.context in _ESCAPED
    if fits and not _calls(node.value):
        return True
    value = frame.eval(node.value)
    if fits:
        return True
    site = frame.site(node, "output", written(node.value))
    concept = TemplateOutput(
        site=site,
        content=Operand(value if escaped else kept_clean.told(frame.engine, node.value, value), node.value),
        escape="on" if escaped else "engine" if node.escape == "engine" else "off",
        context=node.context,
    )
    frame.events[node.at, node.end, "output"] = concept
    return True


def _calls(node: ir.Node) -> bool:
    """Whether evaluating the expression may run a macro, whose own outputs count."""
    return isinstance(node, ir.Call) or any(_calls(child) for child in ir.children(node))


def include(frame: "Calls", node: ir.Include) -> bool:
    """Another template runs, or its macros get names here."""
    name = frame.eval(node.template)
    given = tuple((arg.name, Operand(frame.eval(arg.value), arg.value)) for arg in node.args if arg.name)
    args = given
    if not node.only:
        names = dict(given)
        args += tuple((key, Operand(value, None)) for key, value in frame.env.items() if "." not in key and key not in names)
    found = [one for text in _names(name) for one in frame.engine.project.templates.find(text, frame.module.path)]
    for symbol in found:
        if symbol is not frame.function and not node.names:
            run(frame, node, symbol, args)
    for alias in node.names:
        value = _imported(frame, found, alias)
        if value is not UNKNOWN or alias.asname not in frame.env:
            frame.assign_path(alias.asname, value)
    return True


def _imported(frame: "Calls", found: list[FunctionSymbol], alias: ir.Alias) -> Value:
    """A macro of another template, or all of them as the attributes of one name."""
    macros: dict[Key, Value] = {}
    for symbol in found:
        frame.engine.summary(symbol)
        macros.update((nested.node.name, ref(nested)) for nested in symbol.nested)
    if alias.name is None:
        return Value(open=True, items=macros) if macros else UNKNOWN
    return macros.get(alias.name, UNKNOWN)


def reads_items(frame: FrameState, base: Value, attr: str) -> bool:
    """Whether `base.attr` may mean `base["attr"]`, as it does in templates."""
    return base.kind == "dict" and frame.module.node.language is Language.TEMPLATE and attr not in _DICT


def filtered(frame: "Calls", node: ir.Filter) -> Value:
    """`value|name(args)`: what the project's own filter gives, else a row for `template_filters.name`, else the value's data."""
    value = frame.eval(node.value)
    args = [Operand(frame.eval(arg.value), arg.value) for arg in node.args]
    if node.name in _SAME:
        return value
    if node.name in _OTHERWISE:
        return join(value, args[0].value) if args else value
    path = f"template_filters.{node.name}"
    own = frame.engine.project.templates.filters.get(node.name)
    transfer = frame.models.transfers.get(path)
    if transfer is not None and not own:
        if "all" in transfer.clears:
            return instance("int")
        origins = {one.clear(transfer.clears | transfer.marks) for one in value.derived().origins}
        return changed(UNKNOWN, origins=frozenset((*origins, Origin("clean", (path,), path, transfer.clears))))
    found = NOTHING
    for symbol in own or ():
        call = ir.Call(node.at, node.end, ir.Name(node.at, node.end, node.name), [])
        given = [(str(at), one) for at, one in enumerate((Operand(value, node.value), *args))]
        found = join(found, frame.call_function(call, symbol, None, tuple(given)))
    if found is not NOTHING:
        return found
    closed = bool(value.types & CLOSED_TYPES) and not value.open
    return value if closed else value.derived()
