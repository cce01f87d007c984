"""The ids that a handler of Node takes from its client, each with what holds it and where the address names it.

`const { siteId, segmentId } = await params`, `req.params.siteId`, `{ input: { siteId } }`, `@Param("siteId") siteId`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.script_lookups import word_of
from backend_audit.inventory.paths import is_variable
from backend_audit.link.symbols import FunctionSymbol, decorator_name
from backend_audit.routes.script_caller import RECORDS, CallerReads
from backend_audit.routes.script_missing import is_request

_ID = re.compile(r"^_?id$|(?:Id|ID|_id|Uuid|UUID|Uid|_uuid|Slug|Alias|IdOrAlias|IdOrSlug)$")
_AFTER = re.compile(r"(?:_?(?:ids?|uuids?|uid|slug|alias|pk)|idor(?:alias|slug|name))$")
_PARTS = frozenset(("Param", "Params", "Body", "Query", "Args", "Arg", "QueryParam", "PathParam", "Path"))
_INPUTS = frozenset(("input", "parsedInput"))  # of a procedure that takes one object: `const { input } = opts`
_WHOLE = frozenset(("params", "body", "query", "input", "parsedInput", "parsedBody", "parsedParams"))
_STORES = re.compile(r"^(?:update|patch|save|set|edit|put|replace|modify|change|upsert)")
_ANSWERS = re.compile(r"^(?:res|response|reply)\.|(?:^|\.)(?:json|ok|send|render|redirect)$")
_WRITTEN = frozenset(("data", "$set", "set", "values", "create", "update", "defaults", "select", "include"))
_LOOKS_AT = re.compile(r"^(?:safe)?parse(?:Async)?$|^validate|^plainToInstance$|^plainToClass$")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_ROUNDS = 3


@dataclass(slots=True)
class ClientId:
    """`direct`: how it is written where it is itself; `names`: the variables that are made with it."""

    name: str
    word: str  # of what it names: `segment`
    place: int  # in the address; -1: in the body, or nowhere
    inputs: frozenset[str]
    direct: frozenset[str]
    names: set[str] = field(default_factory=set)

    @property
    def placed(self) -> bool:
        """Whether the address has it."""
        return self.place >= 0

    def within(self, node: ir.Node) -> bool:
        """Whether an expression holds it, or what was found by it; all that a client sent holds it, too."""
        if isinstance(node, (ir.Name, ir.Attribute)):
            text = written(node)
            if text in self.direct or text in self.names or text in self.inputs:
                return True
            return isinstance(node, ir.Attribute) and written(node.value) not in self.inputs and self.within(node.value)
        return not isinstance(node, ir.Function) and any(map(self.within, ir.children(node)))


def client_ids(function: FunctionSymbol, path: str, reads: CallerReads) -> list[ClientId]:
    """Those of one handler: of the address in its order (a guard alone may read one), then those of the body."""
    inputs = frozenset(_inputs(function, reads))
    direct: dict[str, set[str]] = {}
    for name, text in _read(function, reads, inputs):
        direct.setdefault(name, set()).add(text)
    segments = [one for one in path.split("/") if one]
    places = {named[0]: at for at, one in enumerate(segments) if is_variable(one) and (named := _VARIABLE.search(one))}
    found = []
    for name in dict.fromkeys((*places, *direct)):
        if name in places or _ID.search(name):
            at = places.get(name, -1)
            word = plain_word(name) or (word_of(segments[at - 1]) if at > 0 else "")
            found.append(ClientId(name, word, at, inputs, frozenset(direct.get(name, ()))))
    for one in found:
        _follow(one, reads)
    return [one for one in found if one.word]


def plain_word(name: str) -> str:
    """What an id or a column refers to, in one word: `segment` for `segmentId`, "" for `id`."""
    return _AFTER.sub("", re.sub(r"[^a-z0-9]", "", name.lower()))


def parts_asked(node: ir.Call) -> Iterator[ir.Expr]:
    """What a call asks with: its receiver and arguments, without what is answered, written down or stored."""
    text = written(node.func)
    if _ANSWERS.search(text) or RECORDS.search(text) or _LOOKS_AT.match(last_word(node.func)):
        return
    if isinstance(node.func, ir.Attribute):
        yield node.func.value
    for at, arg in enumerate(node.args):
        value = arg.value
        if isinstance(value, ir.Container) and value.kind == "dict":
            if at == 0 or not _STORES.match(last_word(node.func)):
                yield from (one.value for one in value.items if not (isinstance(one.key, ir.Const) and one.key.value in _WRITTEN))
        elif not isinstance(value, ir.Lambda):
            yield value


def _inputs(function: FunctionSymbol, reads: CallerReads) -> Iterator[str]:
    """How what a client has sent as a whole is written: `req.params`, `params`, `input`, `body` of `await parse(request)`."""
    for param in function.node.params:
        if param.pattern is None:
            yield from (f"{param.name}.{one}" for one in sorted(_WHOLE) if is_request(param.name) or "nput" in one)
        if any(decorator_name(one) in _PARTS and not _told(one) for one in param.decorators):
            yield param.name
        for key, value in _items(param.pattern):
            if key in _WHOLE and isinstance(value, ir.Name):
                yield value.id
    handed = [param.name for param in function.node.params[:1] if param.pattern is None]
    for targets, value in _assigned(reads):
        taken = _WHOLE if is_request(written(value)) or _takes_request(value) else _INPUTS if written(value) in handed else ()
        if taken:
            yield from (one.id for target in targets for key, one in _items(target) if key in taken and isinstance(one, ir.Name))


def _read(function: FunctionSymbol, reads: CallerReads, inputs: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The names of parts of the input, each with how it is written."""
    for param in function.node.params:
        told = [_told(one) for one in param.decorators if decorator_name(one) in _PARTS]
        yield from ((name, param.name) for name in told if name)
        for key, value in _items(param.pattern):
            if key in _WHOLE:
                yield from ((name, each.id) for name, each in _items(value) if isinstance(each, ir.Name))
    for node in reads.nodes:
        if isinstance(node, ir.Attribute) and written(node.value) in inputs:
            yield node.attr, written(node)
    for targets, value in _assigned(reads):
        if written(value) in inputs:
            yield from ((name, one.id) for target in targets for name, one in _items(target) if isinstance(one, ir.Name))
        elif isinstance(value, ir.Attribute) and written(value.value) in inputs:
            yield from ((value.attr, one.id) for one in targets if isinstance(one, ir.Name))


def _follow(one: ClientId, reads: CallerReads) -> None:
    """Find the variables that are made with an id."""
    for _ in range(_ROUNDS):
        before = len(one.names)
        for targets, value in _assigned(reads):
            if written(value) not in one.inputs and one.within(value):
                bound = (each.id for target in targets for each in ir.walk_scope(target) if isinstance(each, ir.Name))
                one.names |= {name for name in bound if name not in one.inputs}
        if len(one.names) == before:
            break


def _assigned(reads: CallerReads) -> Iterator[tuple[list[ir.Expr], ir.Expr]]:
    """What is assigned to what, by what it is beneath an `await` or a schema."""
    for node in reads.nodes:
        if isinstance(node, ir.Assign) and node.value is not None:
            yield node.targets, _awaited(node.value)


def _items(node: ir.Expr | None) -> Iterator[tuple[str, ir.Expr]]:
    """The names that a pattern takes, and what it binds them to."""
    for item in node.items if isinstance(node, ir.Container) and node.kind == "dict" else ():
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
            yield item.key.value, item.value.target if isinstance(item.value, ir.Defaulted) else item.value


def _awaited(node: ir.Expr) -> ir.Expr:
    """What is awaited, or what a schema lets through of an expression."""
    if isinstance(node, ir.Await):
        return _awaited(node.value)
    if isinstance(node, ir.Call) and len(node.args) == 1 and _LOOKS_AT.match(last_word(node.func)):
        return _awaited(node.args[0].value)
    return node


def _takes_request(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and any(is_request(written(arg.value)) for arg in node.args)


def _told(decorator: ir.Expr) -> str:
    first = decorator.args[0].value if isinstance(decorator, ir.Call) and decorator.args else None
    if isinstance(first, ir.Container):  # `@Args({ name: "id", type: () => ID })`
        first = next((value for key, value in _items(first) if key == "name"), None)
    return first.value if isinstance(first, ir.Const) and isinstance(first.value, str) else ""
