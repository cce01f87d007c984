"""Which permission classes a REST view takes: class attributes, `get_permissions` with its branches, `@action` keywords.

https://www.django-rest-framework.org/api-guide/viewsets/#introspecting-viewset-actions
"""

from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Written
from backend_audit.frameworks.django_guards import Deciding, Said
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_ATTRIBUTE = "permission_classes"
_GETTERS = ("get_permissions", _ATTRIBUTE)
_MAX_WAYS = 16


@dataclass(frozen=True, slots=True)
class Listed:
    """Permissions as they are written (`written`: expressions, lists or single ones) or named by settings (`texts`).

    `open`: by settings that are not here.
    """

    written: tuple[Written, ...] = ()
    texts: tuple[str, ...] = ()
    open: bool = False


State = dict[str, Listed]


class Choosing:
    """Follows `get_permissions`."""

    def __init__(self, deciding: Deciding) -> None:
        self.deciding = deciding
        self.definitions = deciding.definitions
        self.engine = deciding.engine

    def permissions(self, owner: ClassSymbol, said: Said, given: Listed | None, default: Listed) -> list[Listed]:
        """The lists that it can be, one for each way that is open."""
        stated = given
        if stated is None:
            attribute = self.definitions.attribute(owner, _ATTRIBUTE)
            stated = default if attribute is None else Listed(written=(attribute,))
        for getter in _GETTERS:
            method = self.engine.find_method(owner, getter)
            if method is not None:
                return _Walk(self, owner, method, said, stated).ways()
        return [stated]

    def elements(self, one: Written) -> list[Written]:
        """The single permissions of an expression that lists them."""
        one = self.definitions.behind(one)
        node = one.node
        if isinstance(node, ir.Container):
            found: list[Written] = []
            for item in node.items:
                inner = Written(one.module, item.value)
                found += self.elements(inner) if item.star else [inner]
            return found
        if isinstance(node, ir.Binary) and node.op == "+":
            return [each for side in (node.left, node.right) for each in self.elements(Written(one.module, side))]
        if isinstance(node, ir.Call) and written(node.func) in ("list", "tuple") and node.args:
            return self.elements(Written(one.module, node.args[0].value))
        if isinstance(node, ir.Attribute) and node.attr == _ATTRIBUTE:
            for symbol in sorted(self.definitions.value(Written(one.module, node.value)).refs, key=lambda each: each.key):
                attribute = self.definitions.attribute(symbol, _ATTRIBUTE) if isinstance(symbol, ClassSymbol) else None
                if attribute is not None:
                    return self.elements(attribute)
        return [one]


class _Walk:
    """One reading of a `get_permissions`."""

    def __init__(self, choosing: Choosing, owner: ClassSymbol, function: FunctionSymbol, said: Said, stated: Listed) -> None:
        self.choosing = choosing
        self.owner = owner
        self.function = function
        self.said = said
        self.stated = stated
        self.found: list[Listed] = []

    def ways(self) -> list[Listed]:
        self.block(self.function.node.body, {})
        return self.found[:_MAX_WAYS] or [self.stated]

    def block(self, body: list[ir.Stmt], state: State) -> bool:
        return all(self.statement(node, state) for node in body)

    def statement(self, node: ir.Stmt, state: State) -> bool:
        if isinstance(node, ir.Return):
            listed = self.stated if node.value is None else self.read(node.value, state)
            if listed not in self.found:
                self.found.append(listed)
            return False
        if isinstance(node, ir.Raise):
            return False
        if isinstance(node, ir.Assign) and node.value is not None:
            text = self.said.get(written(node.value))  # `action = self.action`
            self.said = self.said if text is None else {**self.said, **dict.fromkeys(map(written, node.targets), text)}
            for target in node.targets:
                before = state.get(written(target)) if node.op else None
                added = self.read(node.value, state)
                state[written(target)] = added if before is None else _both(before, added)
            return True
        if isinstance(node, ir.ExprStmt) and (put := _put_in(node.value)) is not None:
            state[written(put[0])] = _both(self.read(put[0], state), Listed((Written(self.function.module, put[1]),)))
            return True
        if isinstance(node, ir.If):
            decided = self.decides(node.test)
            if decided is not None:
                return self.block(node.body if decided else node.orelse, state)
            other = dict(state)
            first, second = self.block(node.body, state), self.block(node.orelse, other)
            if first and second and state != other:  # both ways lead on: the rest is read with each
                self.fork(node, other)
            elif second:
                state.clear()
                state.update(other)
            return first or second
        if isinstance(node, ir.Try):
            return self.block(node.body, state)
        return True

    def fork(self, node: ir.If, state: State) -> None:
        """Read what follows `node` at the top of the function once more, as the other way leaves it."""
        body = self.function.node.body
        at = next((index for index, one in enumerate(body) if one is node), None)
        if at is not None and len(self.found) < _MAX_WAYS:
            self.block(body[at + 1 :], dict(state))

    def decides(self, test: ir.Expr) -> bool | None:
        for one in ir.walk_scope(test):
            if isinstance(one, ir.Walrus) and (text := self.said.get(written(one.value))) is not None:
                self.said = {**self.said, written(one.target): text}
        return self.choosing.deciding.behaviours.anonymous.decides(self.function, test, self.said)

    def read(self, node: ir.Expr, state: State) -> Listed:
        """The permissions that an expression gives."""
        name = written(node)
        if name in state:
            return state[name]
        if name == f"self.{_ATTRIBUTE}":
            return state.get(name, self.stated)
        if _asks_above(node):
            return state.get(f"self.{_ATTRIBUTE}") or self.above()
        if isinstance(node, ir.Comprehension):
            return self.read(node.clauses[0].iter, state)
        if isinstance(node, ir.Conditional):
            decided = self.decides(node.test)
            return self.read(node.then if decided else node.orelse, state)
        if isinstance(node, ir.Binary) and node.op == "+":
            return _both(self.read(node.left, state), self.read(node.right, state))
        if isinstance(node, ir.Container) and any(item.star for item in node.items):
            found = Listed()
            for item in node.items:
                one = Written(self.function.module, item.value)
                found = _both(found, self.read(item.value, state) if item.star else Listed((one,)))
            return found
        if isinstance(node, ir.Call) and written(node.func) in ("list", "tuple") and node.args:
            return self.read(node.args[0].value, state)
        looked_up = self.looked_up(node, state)
        return Listed((Written(self.function.module, node),)) if looked_up is None else looked_up

    def above(self) -> Listed:
        """What `super().get_permissions()` gives: that of the next class, with the attribute of this one."""
        classes = self.choosing.engine.bases(self.owner)[0]
        home = self.function.owner
        after = classes[classes.index(home) + 1 :] if home in classes else ()
        for one in after:
            if _GETTERS[0] in one.methods:
                ways = _Walk(self.choosing, self.owner, one.methods[_GETTERS[0]], self.said, self.stated).ways()
                return ways[0]
        return self.stated

    def looked_up(self, node: ir.Expr, state: State) -> Listed | None:
        """`self.permissions_by_action[self.action]`, `.get(self.action, default)`."""
        default: ir.Expr | None = None
        if isinstance(node, ir.Index):
            base, key = node.value, node.index
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
            base, key = node.func.value, node.args[0].value
            default = node.args[1].value if len(node.args) > 1 else None
        else:
            return None
        wanted = self.said.get(written(key))
        table = self.choosing.definitions.attribute(self.owner, base.attr) if isinstance(base, ir.Attribute) else None
        if wanted is None or table is None or not isinstance(table.node, ir.Container):
            return None
        for item in table.node.items:
            if isinstance(item.key, ir.Const) and item.key.value == wanted:
                return Listed((Written(table.module, item.value),))
        return self.stated if default is None else self.read(default, state)


def _asks_above(node: ir.Expr) -> bool:
    """`super().get_permissions()`."""
    inner = node.func.value if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else None
    return isinstance(inner, ir.Call) and isinstance(inner.func, ir.Name) and inner.func.id == "super"


def _put_in(node: ir.Expr) -> tuple[ir.Expr, ir.Expr] | None:
    """A list, and what is put into it: `self.permission_classes.append(IsAdmin)`."""
    if not (isinstance(node, ir.Call) and node.args and isinstance(node.func, ir.Attribute)):
        return None
    return (node.func.value, node.args[-1].value) if node.func.attr in ("append", "extend", "insert") else None


def _both(one: Listed, other: Listed) -> Listed:
    return Listed((*one.written, *other.written), (*one.texts, *other.texts), one.open or other.open)
