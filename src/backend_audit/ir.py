"""The language-neutral intermediate representation: what one source file says, without its language's tree.

Every node carries `at` and `end`, character offsets into the decoded text (`LineIndex` turns them into lines and columns).
Nodes are msgspec structs, so that a module encodes fast into the cache and between processes. Nothing here refers to LibCST
or tree-sitter objects. Whoever lowers a language maps its sugar onto these nodes; whoever reads them may not ask which
language it was (`Module.language` is for reports and for choosing models and builtins).

Fields with a default are those that some languages never fill. What JavaScript and TypeScript put where:

* `this` is `Name("this")`; a function that has one of its own ends its parameters with one of kind `receiver`.
* Patterns are containers in the place of a target: `{a, b: c = 1, ...rest}` is a dict, `[x, , ...xs]` a list (a hole is an
  `undefined`), `x = 1` in it a `Defaulted`. A parameter that is a pattern has it in `Param.pattern`.
* `x = v` as an expression, `x += v` and `x++` in one, are `Walrus`; in statements they are `Assign`.
* Fields of a class's objects are `this.x = v` in its body, static ones `x = v`. An enum and a namespace are dicts with a name.
* `===` is `==`, `!==` is `!=`; `as`, `satisfies`, `!` and `a?.b` leave nothing but their operand; a label only its statement.
"""

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import TypeAlias

import msgspec

from backend_audit.source import Language


class Node(msgspec.Struct, array_like=True, tag=True, tag_field="t", gc=False, eq=False):
    at: int
    end: int


# --- expressions -----------------------------------------------------------------------------------------------------


class Const(Node):
    """A literal. `kind`: none, undefined, bool, int, float, complex, str, bytes, ellipsis, regex.

    An int beyond 64 bits, a complex and a regular expression (`/a/i`) keep their source text as `value`; bytes are a str of their
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
    """`form`: new; tagged (a template's constant texts as one list, then its holes); element (props, then children)."""

    func: "Expr"
    args: list[Arg]
    form: str = ""


class Binary(Node):
    """`op` as in the source: `+ - * / // % ** @ << >> >>> & | ^`."""

    op: str
    left: "Expr"
    right: "Expr"


class Logical(Node):
    """`op`: and, or, nullish. Two operands; chains nest to the left."""

    op: str
    left: "Expr"
    right: "Expr"


class Unary(Node):
    """`op`: not, -, +, ~, typeof, void, delete."""

    op: str
    operand: "Expr"


class Compare(Node):
    """`a < b < c` is one node with two `ops` (`== != < <= > >= in, not in, is, is not, instanceof`)."""

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


class Defaulted(Node):
    """A target that gets `default` where there is no value for it: `{limit = 10} = query`."""

    target: "Expr"
    default: "Expr"


class Sequence(Node):
    """`(a, b, c)`: all are evaluated, the last is the value."""

    values: list["Expr"]


class ClassValue(Node):
    """A class written as an expression."""

    definition: "Class"


class Starred(Node):
    """`*xs` outside of a call or display, as in `a, *rest = xs`."""

    value: "Expr"


class Filter(Node):
    """`value|name(args)` of a template."""

    value: "Expr"
    name: str
    args: list[Arg]


# --- statements ------------------------------------------------------------------------------------------------------


class Assign(Node):
    """`op` is "" for `=`, else the operator of an augmented assignment (`+` for `+=`). A bare annotation has no `value`.

    `declares`: var, let, const where it makes the names that it binds; type where `value` is a type.
    """

    targets: list["Expr"]
    op: str
    value: "Expr | None"
    annotation: "Expr | None"
    declares: str = ""
    decorators: list["Expr"] = []


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
    """`keys`: the target gets names or positions, not what stands there (`for (k in xs)`)."""

    target: "Expr"
    iter: "Expr"
    body: list["Stmt"]
    orelse: list["Stmt"]
    is_async: bool
    declares: str = ""
    keys: bool = False


class While(Node):
    """`update` runs after each pass, `continue` or not (`for (;; update)`); `body_first`: the first pass comes without a test."""

    test: "Expr"
    body: list["Stmt"]
    orelse: list["Stmt"]
    update: list["Stmt"] = []
    body_first: bool = False


class Handler(Node):
    """`except type as name:`; `type` is None for a bare one. `end` is where its body ends."""

    type: "Expr | None"
    name: str | None
    body: list["Stmt"]
    pattern: "Expr | None" = None  # what takes the exception apart, in the place of a name


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


class Switch(Node):
    """The first case whose value equals the subject, and all that follow until a `break`."""

    subject: "Expr"
    cases: list["SwitchCase"]


class SwitchCase(Node):
    """`value` is None for `default`."""

    value: "Expr | None"
    body: list["Stmt"]


class Block(Node):
    """Statements with a scope of their own."""

    body: list["Stmt"]


class Param(Node):
    """`kind`: positional, keyword, args (`*args`), kwargs (`**kwargs`), receiver (`this`).

    A parameter that is taken apart by `pattern` has a name that no program can write.
    """

    name: str
    kind: str
    annotation: "Expr | None"
    default: "Expr | None"
    pattern: "Expr | None" = None
    decorators: list["Expr"] = []


class Function(Node):
    """`at`…`name_end` spans `def name`; `at` is the start of `def` (or `async def`), after the decorators.

    Without a name of its own it is called after what it is assigned to, and `name_end` is the end of its parameters.
    `kind`: "", arrow, method, getter, setter, constructor.
    """

    name: str
    name_end: int
    params: list[Param]
    body: list["Stmt"]
    decorators: list["Expr"]
    returns: "Expr | None"
    is_async: bool
    is_generator: bool
    kind: str = ""
    is_static: bool = False


class Class(Node):
    """`kind`: "", interface (annotated fields and methods without a body; it exists for types alone)."""

    name: str
    name_end: int
    bases: list[Arg]  # keywords such as `metaclass=` come with their name
    body: list["Stmt"]
    decorators: list["Expr"]
    kind: str = ""


class Alias(Node):
    """`name` is None for the module itself, `*` for all of it; `asname` is what it is called here (of an export: outside)."""

    name: str | None
    asname: str


class Import(Node):
    """`import a.b as c` and `from ..a import b`; `level` counts leading dots.

    Where modules are named by a text, `module` is that text (`./a.js`, `express`) and the default export's name is `default`.
    """

    module: str
    level: int
    names: list[Alias]


class Export(Node):
    """What other modules see: names of this one (`module` empty), or of `module`, handed on."""

    module: str
    names: list[Alias]


class Delete(Node):
    targets: list["Expr"]


class Jump(Node):
    """`kind`: pass, break, continue; `label` names the statement that it leaves, if it does."""

    kind: str
    label: str = ""


class Scope(Node):
    """`global a, b` and `nonlocal a, b`."""

    kind: str
    names: list[str]


class Output(Node):
    """A template writes `value`. `escape`: on, off, default (whoever renders it decides), engine (Mako: its filters do).

    `context` is where in the page it stands: text, quoted (an attribute), unquoted, url (the beginning of an address), tag,
    script (code), string (in a script), handler (an attribute that holds code), style, comment.
    """

    value: "Expr"
    escape: str
    context: str


class Include(Node):
    """Another template runs here: included, extended, or imported (then `names` are bound) with the names known here.

    `only`: with nothing but `args`.
    """

    template: "Expr"
    args: list[Arg]
    only: bool
    names: list[Alias]


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
    | Defaulted
    | Sequence
    | ClassValue
    | Filter
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
    | Switch
    | Block
    | Function
    | Class
    | Import
    | Export
    | Delete
    | Jump
    | Scope
    | Output
    | Include
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


def _child_fields(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a node class that can hold nodes: those whose type is more than a plain str, bool or int."""
    plain = {"str", "int", "bool", "str | None", "list[str]"}
    hints = {name: hint for one in reversed(kind.__mro__) for name, hint in getattr(one, "__annotations__", {}).items()}
    return tuple(
        name
        for name in kind.__struct_fields__[2:]
        if kind is not Const and getattr(hints[name], "__name__", str(hints[name])) not in plain and str(hints[name]) not in plain
    )


_Reader = Callable[[Node], list[Node]]


@cache
def _reader(kind: type[Node]) -> _Reader:
    """Reads the child nodes of such a node: a closure for each shape, since walks ask for every node of a project."""
    names = _child_fields(kind)
    if not names:
        return lambda _: []
    if len(names) > 1:
        return _of_fields(attrgetter(*names))
    read = attrgetter(names[0])
    return lambda node: _listed(read(node))


def _listed(held: "Node | list[Node] | None") -> list[Node]:
    return held.copy() if type(held) is list else [] if held is None else [held]  # type: ignore[list-item]  # no list


def _of_fields(read: Callable[[Node], tuple["Node | list[Node] | None", ...]]) -> _Reader:
    def children_of(node: Node) -> list[Node]:
        found: list[Node] = []
        for held in read(node):
            if type(held) is list:
                found += held
            elif held is not None:
                found.append(held)  # type: ignore[arg-type]  # no list
        return found

    return children_of


def children(node: Node) -> list[Node]:
    """The direct child nodes of `node`, in field order (which is source order but for dict items and decorators)."""
    return _reader(type(node))(node)


def walk(*roots: Node) -> Iterator[Node]:
    """Every node from `roots` on, functions within them included: parents first, in the order of `children`."""
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def walk_scope(*roots: Node) -> Iterator[Node]:
    """As `walk`, but functions and classes met on the way (roots among them) are not entered."""
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (Function, Class)):
            stack.extend(reversed(children(node)))
