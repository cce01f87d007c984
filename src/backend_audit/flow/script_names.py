"""Names of JavaScript: patterns, names of functions around, fields, what is left where two ways meet."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import script_builtin, script_functions, script_members, script_objects, urls
from backend_audit.flow.arguments import Args
from backend_audit.flow.concepts import Operand
from backend_audit.flow.frame import TESTED, Env
from backend_audit.flow.script_expressions import ScriptExpressions
from backend_audit.flow.values import UNKNOWN, Key, Value, changed, container, join, text
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine


_OF_ADDRESS = frozenset(("href", "host", "hostname"))  # https://developer.mozilla.org/en-US/docs/Web/API/URL

_ADDRESSES = frozenset(("URL()", "url.URL()"))


class ScriptNames(ScriptExpressions):
    """Binds names and paths."""

    def __init__(self, engine: "Engine", module: ModuleSymbol, function: FunctionSymbol | None, env: Env) -> None:
        super().__init__(engine, module, function, env)
        self.reads = {}
        self.assigned: set[str] = set()  # the paths that were written
        self.outer: set[str] = set()  # the names of functions around, or of the module, that were written

    def bind(self, target: ir.Expr, value: Value, node: ir.Assign | None = None) -> None:
        if isinstance(target, ir.Defaulted):
            default = self.eval(target.default)
            known = value.constants()
            missing = None if known is None else {one.kind == "undefined" for one in known}
            self.bind(target.target, value if missing == {False} else default if missing == {True} else join(value, default))
        elif isinstance(target, ir.Container) and target.kind == "dict":
            self.take_apart(target, value, dotted(node.value) if node is not None else None)
        elif isinstance(target, ir.Name) and not (node is not None and node.declares):
            if not self.bind_outer(target.id, value):
                super().bind(target, value, node)
        else:
            if isinstance(target, ir.Name):
                self.outer.discard(target.id)
                if node is not None and not node.op and isinstance(node.value, ir.Attribute):
                    value = self.with_fields(Operand(value, node.value)).value
            super().bind(target, value, node)
            if isinstance(target, ir.Attribute) and target.attr in _OF_ADDRESS:
                self.put_into(target.value, target.attr, value)

    def put_into(self, address: ir.Expr, part: str, value: Value) -> None:
        """`url.hostname = host`: the address has the data in it, whichever part is read; of another host, it leads there."""
        base = self.eval(address)
        if not base.types & _ADDRESSES or dotted(address) is None:
            return
        if value.origins:
            self.update_path(address, changed(base, made=False).with_origins(value.derived().origins))
        elif part != "href":
            self.update_path(address, base.cleared(urls.URL))

    def path(self, key: str) -> Value | None:
        """Paths of a name of a function around are known as far as that has run: `find().then(() => req.body.id)`."""
        known, root = self.env.get(key), key.partition(".")[0]
        if known is not None or self.function is None or self.function.parent is None or root in self.env or root == "this":
            return known
        held = self.holder(root)
        return None if held is None else held[1].get(key)

    def arguments(self, node: ir.Call) -> Args:
        """As `Calls.arguments`, with what is known of their fields: `req.body.id = req.params.id`, `find(req.body)`."""
        found = super().arguments(node)
        told = tuple((key, self.with_fields(one)) for key, one in found)
        return told if any(one is not other for (_, one), (_, other) in zip(told, found, strict=True)) else found

    def with_fields(self, given: Operand) -> Operand:
        """What an expression is, with the fields of it that are known by their own names."""
        value, key = given.value, None if given.node is None else dotted(given.node)
        if key is None or not value.open or not value.origins or value.kind or value.refs or value.types:
            return given
        root = key.partition(".")[0]
        held = None if root in self.env else self.holder(root)
        known = self.env if held is None else held[1]
        if held is None and key not in self.parents:
            return given
        below = {path[len(key) + 1 :]: one for path, one in known.items() if path.startswith(f"{key}.")}
        fields: dict[Key, Value] = {name: one for name, one in below.items() if "." not in name}
        return Operand(changed(value, items={**(value.items or {}), **fields}), given.node) if fields else given

    def bind_outer(self, name: str, value: Value) -> bool:
        """Assign to a name of a function around or of the module; False if it is a name of this function."""
        if self.function is None or (name in self.env and name not in self.outer):
            return False
        self.outer.add(name)
        held = self.holder(name)
        if held is not None:
            held[1][name] = join(held[1][name], value)
        else:
            self.engine.set_global(self.module, name, value)
        self.engine.closures.note_written(self.function, self.module, None if held is None else held[0], name, value)
        self.env[name] = value
        return True

    def read(self, base: Value, attr: str, node: ir.Attribute) -> Value:
        """As `ScriptExpressions.read`; what routes are made of is known whole: `route.options?.guards` of a module without."""
        if self.registering and (script_objects.is_nothing(base) or self.lacks(base, attr)):
            return script_builtin.UNDEFINED
        return super().read(base, attr, node)

    def lacks(self, base: Value, attr: str) -> bool:
        """Whether it is a module that does not export the name."""
        modules = [one for one in base.refs if isinstance(one, ModuleSymbol)]
        known = not (base.open or base.apis or base.types) and len(modules) == len(base.refs) == 1
        return known and self.engine.module_attribute(modules[0], attr) is None

    def update_path(self, node: ir.Expr, value: Value) -> None:
        """As `FrameState.update_path`; what a function adds to a list or an object around it, that one holds."""
        if isinstance(node, ir.Name) and (node.id not in self.env or node.id in self.outer) and value.all_origins():
            before = self.around(node.id)
            if before is not None and self.bind_outer(node.id, script_builtin.grown(before, value)):
                return
        super().update_path(node, value)

    def around(self, name: str) -> Value | None:
        """What `name` is in a function around, or a container of the module that it is."""
        if self.function is None:
            return None
        if (held := self.holder(name)) is not None:
            return held[1][name]
        found = self.engine.global_value(self.module, name)
        return found if found is not None and found.kind else None

    def take_apart(self, target: ir.Container, value: Value, source: str | None) -> None:
        """`{a, b: c, ...rest} = value`; of the path `source` more may be known than `value` tells."""
        for item in target.items:
            if item.key is None:
                self.bind(item.value, value)
                continue
            one = self.eval(item.key).constant()
            if one is None:
                self.bind(item.value, value.derived())
                continue
            key = str(one.value)
            known = self.env.get(f"{source}.{key}")
            part = ir.Attribute(item.at, item.end, ir.Name(item.at, item.at, "…"), key)
            found = self.read(value, key, part) if known is None else known
            self.bind(item.value, self.sensitive(key, part, found) if isinstance(item.value, ir.Name) else found)

    def unpack(self, target: ir.Container, value: Value, *, exact: bool) -> None:
        """`[a, , b = 1, ...rest] = value`; what a list that is known whole does not hold is undefined."""
        if value.kind and value.open and value.origins:
            value = UNKNOWN.with_origins(script_builtin.values(value).all_origins())
        whole = value.kind in ("list", "tuple") and value.elem is None and not value.open
        if not whole or any(item.star for item in target.items[:-1]):
            super().unpack(target, value, exact=exact)
            return
        items = value.items or {}
        for position, item in enumerate(target.items):
            if item.star:
                left = [one for at, one in items.items() if isinstance(at, int) and at >= position]
                self.bind(item.value, container("list", dict(enumerate(left))))
            else:
                self.bind(item.value, items.get(position, script_builtin.UNDEFINED))

    def assign_path(self, key: str, value: Value) -> None:
        reads = self.reads or {}
        for known in [one for one in reads if one == key or one.startswith(f"{key}.")]:
            del reads[known]
        if "." in key:
            self.assigned.add(key)
        super().assign_path(key, value)

    def join_env(self, left: Env | None, right: Env | None) -> Env | None:
        """As `FrameState.join_env`; a path that one way alone knows was tested there, or written: the other has the old value."""
        merged = super().join_env(left, right)
        if left is None or right is None or merged is None or left is right:
            return merged
        for one, other in ((left, right), (right, left)):
            for name in [name for name in one if "." in name and name not in other and name[0] != TESTED]:
                base = other.get(name.rpartition(".")[0])
                if name not in self.assigned:
                    del merged[name]
                elif base is not None and base.origins and not base.kind:
                    merged[name] = join(one[name], self.inherit(UNKNOWN, base, name.rpartition(".")[2]))
        return merged

    def bind_attribute(self, target: ir.Attribute, value: Value, node: ir.Assign | None) -> None:
        base = self.eval(target.value)
        if target.attr.startswith("on") and value.refs and base.types:
            self.listens(target, base, value)
        script_members.written_to(self, target, target.value, base)
        if dotted(target.value) not in (None, "this") and not (base.refs or base.apis or base.types):
            self.update_path(target.value, script_builtin.with_item(base, text(target.attr), value))
        super().bind_attribute(target, value, node)
        if node is not None and target.attr != "__proto__":  # `session.role = v` is `session["role"] = v`
            entry = {"key": Operand(text(target.attr), None), "value": Operand(value, node.value)}
            for path in self.store_paths(base):
                for row in self.models.rows["store"].get(path, ()):
                    self.emit(row, path, node, entry, written_as=written(target))

    def listens(self, target: ir.Attribute, base: Value, value: Value) -> None:
        """`socket.onmessage = f` is `socket.addEventListener("message", f)`."""
        event = target.attr.removeprefix("on")
        call = ir.Call(target.at, target.end, target, [])
        args = (("0", Operand(text(event), None)), ("1", Operand(value, None)))
        for owner in sorted({above for one in base.types for above in self.models.lineage(one)}):
            if f"{owner}.addEventListener('{event}')" in self.models.callbacks:
                self.served(call, f"{owner}.addEventListener", args, UNKNOWN)

    def bind_item(self, target: ir.Index, value: Value, node: ir.Assign | None) -> None:
        one = self.eval(target.index).constant()
        if one is not None and isinstance(one.value, str):
            self.bind_attribute(ir.Attribute(target.at, target.end, target.value, one.value), value, node)
        else:
            script_members.written_to(self, target, target.value, self.eval(target.value))
            script_members.written_by_name(self, target, target.value)
            bare = script_members.is_bare(self.eval(target.value))
            super().bind_item(target, value, node)
            if bare:  # it is still without prototype
                self.update_path(target.value, changed(self.eval(target.value), types=frozenset((script_functions.BARE,))))
