"""What handlers take from the body of a request: models that validate it, or data as it came and what is done with it.

https://fastapi.tiangolo.com/tutorial/body/, https://www.starlette.io/requests/#body, https://flask.palletsprojects.com/en/stable/api/,
https://www.django-rest-framework.org/api-guide/requests/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.injection import provider
from backend_audit.flow.written import written
from backend_audit.frameworks.entities import Entities
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.body import Body, Use
from backend_audit.source import Mark

_BY_NAME = ("fastapi", "ninja")  # frameworks that fill parameters from the body
_ELSEWHERE = frozenset("Query Path Header Cookie Depends Security".split())
_PLAIN = frozenset(("dict", "Dict", "Any", "Mapping", "MutableMapping"))
_RAW = re.compile(r"^(self\.)?(flask\.|quart\.)?request\.(json|get_json|data|POST|form|body|values)(\(.*\))?$")
_INLINE = re.compile(r"^(self\.)?(flask\.|quart\.)?request\.(json|get_json|data)(\(.*\))?$")  # of forms, all values are texts
_VALIDATES = re.compile(
    r"valid|schema|serializ|form|parse|load|verify|check|from_dict|construct_event|clean|adapter|convert|model|sign",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"signature|hmac|webhook|construct_event", re.IGNORECASE)
_CONVERTS = frozenset("int float bool Decimal UUID date datetime fromisoformat isinstance len type".split())
_STORES = frozenset(
    "create update insert insert_one update_one values save setattr bulk_create update_or_create get_or_create".split()
)
_COMMITS = frozenset("commit save add flush merge asave".split())
_ARITHMETIC = frozenset(("-", "*", "/", "//", "%", "**"))


@dataclass(slots=True)
class Raw:
    """The variables that hold the body as it came, and how it was read."""

    names: set[str] = field(default_factory=set)
    read: str = ""


class Bodies:
    """Reads the bodies of handlers."""

    def __init__(self, entities: Entities) -> None:
        self.entities = entities
        self.schemas = entities.schemas
        self.engine = entities.engine

    def of(self, handler: FunctionSymbol, framework: str) -> Body:
        """What the handler takes."""
        raw = Raw()
        declared = False
        for param in handler.node.params if framework.startswith(_BY_NAME) else ():
            if param.annotation is None or provider(self.engine, handler, param) is not None or _is_elsewhere(param):
                continue
            owner = next(
                (one for one in self.schemas.classes(handler.module, param.annotation) if self.schemas.is_schema(one)), None
            )
            if owner is not None:
                return Body(validated=True, schema=owner.name)
            plain = _plain(param.annotation)
            declared = declared or _is_declared(param)
            if plain and (plain != "Any" or "Body" in written(param.default)):
                raw.names.add(param.name)
                raw.read = f"{param.name}: {written(param.annotation)}"
        for node in handler.scope:
            if isinstance(node, ir.Assign) and node.value is not None and _is_raw(node.value):
                raw.names |= {target.id for target in node.targets if isinstance(target, ir.Name)}
                raw.read = raw.read or written(node.value)
        inline = next((node for node in handler.scope if _inline(node) and _key(node, raw.names)), None)
        if inline is not None:
            raw.read = raw.read or written(_holder(inline))
        if not raw.names and inline is None:
            return Body(validated=True if declared else None)
        if self._is_validated(handler, raw) or _SIGNED.search(f"{handler.node.name} {self._words(handler)}"):
            return Body(validated=True, read=raw.read)
        return Body(validated=False, schema="", read=raw.read, uses=tuple(self._uses(handler, raw)))

    @staticmethod
    def _words(handler: FunctionSymbol) -> str:
        return " ".join(written(node.func) for node in handler.scope if isinstance(node, ir.Call))

    def _is_validated(self, handler: FunctionSymbol, raw: Raw) -> bool:
        """Whether the body as a whole is handed to what validates it, or to a function of the project, which may."""
        for node in handler.scope:
            if not isinstance(node, ir.Call):
                continue
            whole = [arg for arg in node.args if _is_whole(arg.value, raw.names)]
            if not whole:
                continue
            called = self.entities.class_named(handler, node.func)
            if called is not None and self.schemas.is_stored(called) and not self.schemas.is_schema(called):
                continue
            if called is not None or _VALIDATES.search(written(node.func)) or not _is_builtin(node.func):
                return True
        return False

    def _uses(self, handler: FunctionSymbol, raw: Raw) -> Iterator[Use]:
        """The values of the body that are stored or computed with although nothing has looked at them."""
        reads = [(node, key) for node in handler.scope if (key := _key(node, raw.names)) is not None]
        named = self._variables(handler, reads)
        looked = self._looked_at(handler, raw, named)
        commits = any(isinstance(node, ir.Call) and written(node.func).rpartition(".")[2] in _COMMITS for node in handler.scope)
        seen: set[str] = set()
        for node in handler.scope:
            for inner, how in self._taken(handler, node, commits=commits):
                key = _key(inner, raw.names) or (named.get(inner.id) if isinstance(inner, ir.Name) else None)
                if key is not None and key not in looked and key not in seen:
                    seen.add(key)
                    yield Use(key, how, Mark(handler.module.path, inner.at, inner.end, f"`{key}` is {how}"))

    @staticmethod
    def _variables(handler: FunctionSymbol, reads: list[tuple[ir.Node, str]]) -> dict[str, str]:
        """The variables that are assigned one value of the body, and its key."""
        keys = {id(node): key for node, key in reads}
        return {
            target.id: keys[id(node.value)]
            for node in handler.scope
            if isinstance(node, ir.Assign) and id(node.value) in keys
            for target in node.targets
            if isinstance(target, ir.Name)
        }

    @staticmethod
    def _looked_at(handler: FunctionSymbol, raw: Raw, named: dict[str, str]) -> set[str]:
        """The keys whose values a test, a conversion or a function has seen."""
        found: set[str] = set()
        for node in handler.scope:
            roots: list[ir.Node] = []
            if isinstance(node, (ir.If, ir.While, ir.Conditional, ir.Assert)):
                roots = [node.test]
            elif isinstance(node, ir.Compare):
                roots = [node]
                if node.ops[0] in ("in", "not in") and isinstance(node.left, ir.Const) and written(node.rights[0]) in raw.names:
                    continue
            elif isinstance(node, ir.Call) and (
                written(node.func).rpartition(".")[2] in _CONVERTS or _VALIDATES.search(written(node.func))
            ):
                roots = [arg.value for arg in node.args]
            for root in roots:
                for inner in ir.walk(root):
                    key = _key(inner, raw.names) or (named.get(inner.id) if isinstance(inner, ir.Name) else None)
                    if key is not None:
                        found.add(key)
        return found

    def _taken(self, handler: FunctionSymbol, node: ir.Node, *, commits: bool) -> Iterator[tuple[ir.Expr, str]]:
        """The expressions that a node stores or computes with."""
        if isinstance(node, ir.Call):
            owner = self.entities.class_named(handler, node.func)
            stores = owner is not None and self.schemas.is_stored(owner)
            stores = stores or (isinstance(node.func, ir.Attribute) and node.func.attr in _STORES)
            yield from ((arg.value, "stored") for arg in node.args if stores and arg.name is not None)
        elif isinstance(node, ir.Assign) and node.value is not None and commits:
            target = node.targets[0]
            if isinstance(target, ir.Attribute) and isinstance(target.value, ir.Name) and target.value.id not in ("self", "cls"):
                yield node.value, "stored"
        elif isinstance(node, ir.Binary) and node.op in _ARITHMETIC and not isinstance(node.left, (ir.Const, ir.Template)):
            yield from ((one, "computed with") for one in (node.left, node.right))


def _is_builtin(func: ir.Expr) -> bool:
    """Whether a callee only looks at its argument, or writes it out."""
    last = written(func).rpartition(".")[2]
    return last in (
        "print",
        "len",
        "str",
        "dumps",
        "dict",
        "list",
        "isinstance",
        "type",
        "debug",
        "info",
        "warning",
        "error",
        "jsonify",
    )


def _is_elsewhere(param: ir.Param) -> bool:
    """Whether a marker says that the parameter is none of the body."""
    text = f"{written(param.default) if param.default is not None else ''} {written(param.annotation)}"
    return any(f"{word}(" in text for word in _ELSEWHERE)


def _is_declared(param: ir.Param) -> bool:
    """Whether a marker or a type says that a single value comes from the body: `Body(…)`, `Form()`, `UploadFile`."""
    text = f"{written(param.default) if param.default is not None else ''} {written(param.annotation)}"
    return any(word in text for word in ("Body(", "Form(", "File(", "UploadFile"))


def _plain(annotation: ir.Expr) -> str:
    """`dict` of `dict[str, Any]`; "" for what has fields or is a scalar."""
    node = annotation.value if isinstance(annotation, ir.Index) else annotation
    last = written(node).rpartition(".")[2]
    if last in ("list", "List", "Optional", "Annotated") and isinstance(annotation, ir.Index):
        index = annotation.index
        first = index.items[0].value if isinstance(index, ir.Container) and index.items else index
        return _plain(first)
    return last if last in _PLAIN else ""


def _is_raw(node: ir.Expr) -> bool:
    """Whether an expression is the body as it came: `await request.json()`, `json.loads(request.body)`, `request.data`."""
    inner = node.value if isinstance(node, ir.Await) else node
    if isinstance(inner, ir.Logical):
        return _is_raw(inner.left)
    if isinstance(inner, ir.Call) and written(inner.func).rpartition(".")[2] in ("loads", "dict") and inner.args:
        return _is_raw(inner.args[0].value)
    return bool(_RAW.match(written(inner)))


def _key(node: ir.Node, names: set[str]) -> str | None:
    """The key that an expression reads from one of the variables, or from the request: `data["x"]`, `request.data.get("x")`."""
    base = _holder(node)
    if base is None or not _is_whole(base, names):
        return None
    key = node.index if isinstance(node, ir.Index) else node.args[0].value if isinstance(node, ir.Call) else None
    return key.value if isinstance(key, ir.Const) and isinstance(key.value, str) else None


def _holder(node: ir.Node) -> ir.Expr | None:
    """What an expression reads by a key."""
    if isinstance(node, ir.Index):
        return node.value
    by_call = isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in ("get", "pop") and node.args
    return node.func.value if by_call and isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else None


def _inline(node: ir.Node) -> bool:
    """Whether an expression reads a key of the request's own body."""
    base = _holder(node)
    return base is not None and bool(_INLINE.match(written(base)))


def _is_whole(node: ir.Expr, names: set[str]) -> bool:
    """Whether an expression is the body as it came: a variable that holds it, or the request's own."""
    return (isinstance(node, ir.Name) and node.id in names) or bool(_INLINE.match(written(node)))
