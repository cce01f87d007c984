"""The language-neutral intermediate representation: what one source file says, without its language's tree.

Every node carries `at` and `end`, character offsets into the decoded text (`LineIndex` turns them into lines and columns).
Nodes are msgspec structs, so that a module encodes fast into the cache and between processes. Nothing here refers to LibCST
or tree-sitter objects. Whoever lowers a language maps its sugar onto these nodes; whoever reads them may not ask which
language it was (`Module.language` is for reports and for choosing models).
"""

from functools import cache
from typing import TypeAlias

import msgspec

from backend_audit.source import Language


class Node(msgspec.Struct, array_like=True, tag=True, tag_field="t", gc=False, eq=False):
    at: int
    end: int


# --- expressions -----------------------------------------------------------------------------------------------------


class Const(Node):
    """A literal. `kind`: none, bool, int, float, complex, str, bytes, ellipsis, regex.

    An int beyond 64 bits, a complex and a regular expression keep their source text as `value`; bytes are a str of their
    octets (latin-1), since msgspec tells str and bytes apart only by type.
    """

    kind: str
    value: bool | int | float | str | None


class Name(Node):
    id: str


class Attribute(Node):
    value: "Expr"
    attr: str


class Index(Node):
    value: "Expr"
    index: "Expr"


class Slice(Node):
    lower: "Expr | None"
    upper: "Expr | None"
    step: "Expr | None"


class Arg(Node):
    """`name` for a keyword argument; `star` is 1 for `*args` (spread) and 2 for `**kwargs`."""

    value: "Expr"
    name: str | None
    star: int


class Call(Node):
    func: "Expr"
    args: list[Arg]


class Binary(Node):
    """`op` as in the source: `+ - * / // % ** @ << >> & | ^`."""

    op: str
    left: "Expr"
    right: "Expr"


class Logical(Node):
    """`op`: and, or, nullish. Two operands; chains nest to the left."""

    op: str
    left: "Expr"
    right: "Expr"


class Unary(Node):
    """`op`: not, -, +, ~."""

    op: str
    operand: "Expr"


class Compare(Node):
    """`a < b < c` is one node with two `ops` (`== != < <= > >= in, not in, is, is not`)."""

    left: "Expr"
    ops: list[str]
    rights: list["Expr"]


class Hole(Node):
    """A `{value!conversion:spec}` of a template string."""

    value: "Expr"
    conversion: str | None
    spec: list["Expr"]


class Template(Node):
    """An f-string or template literal; `parts` are str `Const`s and `Hole`s in order."""

    parts: list["Expr"]


class Item(Node):
    """An entry of a container: `key` for mappings; `star` is 1 for `*xs`, 2 for `**mapping`."""

    key: "Expr | None"
    value: "Expr"
    star: int


class Container(Node):
    """`kind`: list, tuple, set, dict."""

    kind: str
    items: list[Item]


class Clause(Node):
    """One `for target in iter if …` of a comprehension."""

    target: "Expr"
    iter: "Expr"
    conditions: list["Expr"]


class Comprehension(Node):
    """`kind`: list, set, dict, generator. `key` only for dict."""

    kind: str
    key: "Expr | None"
    value: "Expr"
    clauses: list[Clause]


class Lambda(Node):
    """A function written as an expression; a body of statements is `function.body`, an expression body one `Return`."""

    function: "Function"


class Await(Node):
    value: "Expr"


class Yield(Node):
    value: "Expr | None"
    delegate: bool  # `yield from`


class Conditional(Node):
    test: "Expr"
    then: "Expr"
    orelse: "Expr"


class Walrus(Node):
    target: "Expr"
    value: "Expr"


class Starred(Node):
    """`*xs` outside of a call or display, as in `a, *rest = xs`."""

    value: "Expr"


# --- statements ------------------------------------------------------------------------------------------------------


class Assign(Node):
    """`op` is "" for `=`, else the operator of an augmented assignment (`+` for `+=`). A bare annotation has no `value`."""

    targets: list["Expr"]
    op: str
    value: "Expr | None"
    annotation: "Expr | None"


class ExprStmt(Node):
    value: "Expr"


class Return(Node):
    value: "Expr | None"


class Raise(Node):
    exc: "Expr | None"
    cause: "Expr | None"


class Assert(Node):
    test: "Expr"
    message: "Expr | None"


class If(Node):
    test: "Expr"
    body: list["Stmt"]
    orelse: list["Stmt"]


class For(Node):
    target: "Expr"
    iter: "Expr"
    body: list["Stmt"]
    orelse: list["Stmt"]
    is_async: bool


class While(Node):
    test: "Expr"
    body: list["Stmt"]
    orelse: list["Stmt"]


class Handler(Node):
    """`except type as name:`; `type` is None for a bare one. `end` is where its body ends."""

    type: "Expr | None"
    name: str | None
    body: list["Stmt"]


class Try(Node):
    body: list["Stmt"]
    handlers: list[Handler]
    orelse: list["Stmt"]
    final: list["Stmt"]
    is_group: bool  # except*


class WithItem(Node):
    context: "Expr"
    target: "Expr | None"


class With(Node):
    items: list[WithItem]
    body: list["Stmt"]
    is_async: bool


class Case(Node):
    """One arm of a match. `pattern` is an expression-like reading of the pattern; `captures` are the names it binds."""

    pattern: "Expr | None"  # None: matches anything
    captures: list[str]
    guard: "Expr | None"
    body: list["Stmt"]


class Match(Node):
    subject: "Expr"
    cases: list[Case]


class Param(Node):
    """`kind`: positional, keyword, args (`*args`), kwargs (`**kwargs`)."""

    name: str
    kind: str
    annotation: "Expr | None"
    default: "Expr | None"


class Function(Node):
    """`at`…`name_end` spans `def name`; `at` is the start of `def` (or `async def`), after the decorators."""

    name: str
    name_end: int
    params: list[Param]
    body: list["Stmt"]
    decorators: list["Expr"]
    returns: "Expr | None"
    is_async: bool
    is_generator: bool


class Class(Node):
    name: str
    name_end: int
    bases: list[Arg]  # keywords such as `metaclass=` come with their name
    body: list["Stmt"]
    decorators: list["Expr"]


class Alias(Node):
    """`name` is None for the module itself, `*` for all of it; `asname` is what it is called here."""

    name: str | None
    asname: str


class Import(Node):
    """`import a.b as c` and `from ..a import b`; `level` counts leading dots."""

    module: str
    level: int
    names: list[Alias]


class Delete(Node):
    targets: list["Expr"]


class Jump(Node):
    """`kind`: pass, break, continue."""

    kind: str


class Scope(Node):
    """`global a, b` and `nonlocal a, b`."""

    kind: str
    names: list[str]


Expr: TypeAlias = (
    Const
    | Name
    | Attribute
    | Index
    | Slice
    | Call
    | Binary
    | Logical
    | Unary
    | Compare
    | Hole
    | Template
    | Container
    | Comprehension
    | Lambda
    | Await
    | Yield
    | Conditional
    | Walrus
    | Starred
)

Stmt: TypeAlias = (
    Assign
    | ExprStmt
    | Return
    | Raise
    | Assert
    | If
    | For
    | While
    | Try
    | With
    | Match
    | Function
    | Class
    | Import
    | Delete
    | Jump
    | Scope
)


class Comment(Node):
    """`text` with its marker (`# …`, `// …`); `own_line` when nothing but white space stands before it."""

    text: str
    own_line: bool


class Module(msgspec.Struct, array_like=True, gc=False, eq=False):
    """One lowered file. `name` is not known here: link derives it from the path and the project's layout."""

    path: str
    language: Language
    body: list[Stmt]
    comments: list[Comment]
    line_starts: list[int]  # character offset of each line
    docstring_end: int  # offset after the module docstring, 0 if there is none


@cache
def _child_fields(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a node class that can hold nodes: those whose type is more than a plain str, bool or int."""
    plain = {"str", "int", "bool", "str | None", "list[str]"}
    hints = {name: hint for one in reversed(kind.__mro__) for name, hint in getattr(one, "__annotations__", {}).items()}
    return tuple(
        name
        for name in kind.__struct_fields__[2:]
        if kind is not Const and getattr(hints[name], "__name__", str(hints[name])) not in plain and str(hints[name]) not in plain
    )


def children(node: Node) -> list[Node]:
    """The direct child nodes of `node`, in field order (which is source order but for dict items and decorators)."""
    found: list[Node] = []
    for name in _child_fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif type(value) is list:
            found.extend(item for item in value if isinstance(item, Node))
    return found
