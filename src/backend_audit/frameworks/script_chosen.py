"""What a query of JavaScript says of the columns that it wants, and what is taken out of its rows before they are sent.

https://mongoosejs.com/docs/api/query.html, https://www.prisma.io/docs/orm/prisma-client/queries/select-fields,
https://sequelize.org/docs/v6/core-concepts/model-querying-basics/, https://lodash.com/docs/#omit
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import FunctionSymbol

_CHOOSES = frozenset("select attributes projection fields columns".split())
_LEAVES = frozenset("exclude omit".split())
_FINDS = frozenset("find findOne findById".split())


def options_of(node: ir.Call) -> dict[object, ir.Expr]:
    """What the objects that a call is given hold, by name."""
    return {name: value for arg in node.args for name, value in named_in(arg.value).items()}


def named_in(node: ir.Expr) -> dict[object, ir.Expr]:
    """What an object holds, by name; nothing where it is none."""
    found: dict[object, ir.Expr] = {}
    for item in node.items if isinstance(node, ir.Container) and node.kind == "dict" else []:
        if isinstance(item.key, ir.Const):
            found[item.key.value] = item.value
        elif item.key is None:  # `{ ...{ attributes: ["id"] } }`
            found |= named_in(item.value.value if isinstance(item.value, ir.Starred) else item.value)
    return found


def left_out(node: ir.Call) -> frozenset[str] | None:
    """The columns that a query leaves out; None where it names those that it wants."""
    gone: set[str] = set()
    for name, value in options_of(node).items():
        listed: frozenset[str] | None = frozenset()
        if name == "attributes" and isinstance(value, ir.Container) and value.kind == "dict":
            named = named_in(value)
            listed = _listed(named["exclude"]) if set(named) == {"exclude"} else None
        elif name in _CHOOSES:
            return None
        elif name in _LEAVES:
            listed = _listed(value)
        if listed is None:
            return None
        gone |= listed
    func = node.func.attr if isinstance(node.func, ir.Attribute) else ""
    second = node.args[1].value if len(node.args) > 1 and func in _FINDS else None
    if second is None or isinstance(second, ir.Lambda) or (isinstance(second, ir.Container) and not is_projection(second)):
        return frozenset(gone)
    selected = of_selection(second)
    return None if selected is None or selected[1] else frozenset(gone | selected[0])


def is_projection(node: ir.Expr) -> bool:
    """`{ name: 1, mail: true }` or `["name", "mail"]` (https://mongoosejs.com/docs/api/query.html#Query.prototype.select())."""
    if not isinstance(node, ir.Container) or not node.items:
        return False
    values = [one.value for one in node.items]
    return all(isinstance(one, ir.Const) and (node.kind == "list" or one.value in (0, 1)) for one in values)


def of_selection(node: ir.Expr | None) -> tuple[frozenset[str], frozenset[str]] | None:
    """What `select("-password +token")` or `{ password: 0 }` leaves out and adds; None where it names what it wants."""
    if isinstance(node, ir.Const) and isinstance(node.value, str):
        words = node.value.split()
        if not words or any(one[0] not in "+-" for one in words):
            return None
        return frozenset(one[1:] for one in words if one[0] == "-"), frozenset(one[1:] for one in words if one[0] == "+")
    if not isinstance(node, ir.Container):
        return None
    if node.kind == "list":
        texts = [one.value.value for one in node.items if isinstance(one.value, ir.Const)]
        return (
            of_selection(ir.Const(node.at, node.end, "str", " ".join(map(str, texts)))) if len(texts) == len(node.items) else None
        )
    if not node.items or not all(isinstance(one.value, ir.Const) and not one.value.value for one in node.items):
        return None
    return frozenset(str(one.key.value) for one in node.items if isinstance(one.key, ir.Const)), frozenset()


def omitted(node: ir.Call) -> tuple[ir.Expr, frozenset[str]] | None:
    """`_.omit(user, ["password"])`: of what, and what; None of all other calls, and where the names are not known."""
    if last_word(node.func) != "omit" or len(node.args) < 2:
        return None
    first, *rest = [arg.value for arg in node.args]
    if isinstance(first, ir.Container) and first.kind == "list" and len(rest) == 1:  # Ramda's
        first, rest = rest[0], [first]
    names: set[str] = set()
    for one in rest:
        listed = _listed(one)
        if listed is None:
            return None
        names |= listed
    return first, frozenset(names)


def _listed(node: ir.Expr) -> frozenset[str] | None:
    """The names in `"a"`, `["a", "b"]` or `{ a: true }`."""
    if isinstance(node, ir.Const):
        return frozenset((str(node.value),))
    if not isinstance(node, ir.Container):
        return None
    found = [one.key if node.kind == "dict" else one.value for one in node.items]
    names = frozenset(str(one.value) for one in found if isinstance(one, ir.Const))
    return names if len(names) == len(found) else None


def taken_out(function: FunctionSymbol) -> frozenset[str]:
    """The columns that a function deletes, or sets to nothing, in what it answers with."""
    found: set[str] = set()
    for node in ir.walk(*function.node.body):
        if isinstance(node, ir.Delete):
            found |= {last_word(one) for one in node.targets}
        elif isinstance(node, ir.Unary) and node.op == "delete":
            found.add(_last_part(node.operand))
        elif isinstance(node, ir.Assign) and _is_replaced(node.value):
            found |= {_last_part(one) for one in node.targets}
        elif isinstance(node, ir.Item) and isinstance(node.key, ir.Const) and _is_replaced(node.value):
            found.add(str(node.key.value))
    return frozenset(found)


def _last_part(node: ir.Expr) -> str:
    if isinstance(node, ir.Index) and isinstance(node.index, ir.Const):
        return str(node.index.value)
    return last_word(node)


def _is_replaced(node: ir.Expr | None) -> bool:
    """Whether a value is nothing, or a text of the program: `user.password = "***"`."""
    replaced = isinstance(node, ir.Const) and (not node.value or node.kind == "str")
    return replaced or (isinstance(node, ir.Name) and node.id == "undefined")


def taken_apart(function: FunctionSymbol) -> Iterator[tuple[str, ir.Expr | None, frozenset[str]]]:
    """The variables that get a part of an object: its rest with what that is without, else None.

    `const { password, ...rest } = user` gives `rest`, `user` and `password`.
    """
    for node in function.scope:
        for target in node.targets if isinstance(node, ir.Assign) else ():
            items = target.items if isinstance(target, ir.Container) else []
            names = frozenset(str(one.key.value) for one in items if isinstance(one.key, ir.Const))
            for item in items:
                rest = isinstance(item.value, ir.Starred) or item.star > 0
                one = item.value.value if isinstance(item.value, ir.Starred) else item.value
                if isinstance(one, ir.Name) and isinstance(node, ir.Assign):
                    whole = rest and isinstance(target, ir.Container) and target.kind == "dict"
                    yield one.id, node.value if whole else None, names
