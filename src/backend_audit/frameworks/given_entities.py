"""Which class the objects of an expression are of, read over parameters as well: by what callers give, else by their name."""

from backend_audit import ir
from backend_audit.frameworks.call_sites import CallSites
from backend_audit.frameworks.entities import Entities, assigned
from backend_audit.frameworks.persons import is_person
from backend_audit.frameworks.schemas import Schemas
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol


class GivenEntities(Entities):
    """As `Entities`; what nothing else is known of is the one stored class that it is called like."""

    def __init__(self, schemas: Schemas, sites: CallSites) -> None:
        super().__init__(schemas)
        self.sites = sites
        self._by_name: dict[str, list[ClassSymbol]] | None = None

    def _named(self, function: FunctionSymbol, name: str, at: int, depth: int) -> list[ClassSymbol]:
        if depth <= 0:
            return []
        param = next((one for one in function.node.params if one.name == name), None)
        if name == "self" and function.owner is not None:
            return [function.owner] if self._counts(function.owner) else []
        found = super()._named(function, name, at, depth)
        if found or (param is not None and param.annotation is not None):
            return found
        if param is not None:
            for site, value in self.sites.given(function, name):
                found += [one for one in self.of(site.caller, value, depth - 2) if one not in found]
        elif function.parent is not None and not any(assigned(function, name, before=at)):
            found = self._named(function.parent, name, at, depth - 1)
        return found or self._called_like(name)

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> list[ClassSymbol]:
        with self.sites.looking_into(function, node, self._callees(function, node)):
            return super()._called(function, node, depth)

    def _attribute(self, function: FunctionSymbol, node: ir.Attribute, depth: int) -> list[ClassSymbol]:
        """`order.user`, `request.user`, and what a method has kept: `self.user`."""
        found = super()._attribute(function, node, depth)
        if not found and isinstance(node.value, ir.Name) and node.value.id == "self" and function.owner is not None:
            for method in function.owner.methods.values():
                for one in method.scope.of(ir.Assign):
                    kept = any(isinstance(target, ir.Attribute) and target.attr == node.attr for target in one.targets)
                    if kept and one.value is not None:
                        found += [each for each in self.of(method, one.value, depth - 2) if each not in found]
        return found or self._called_like(node.attr)

    def _called_like(self, name: str) -> list[ClassSymbol]:
        """The only stored class of people of that name."""
        if self._by_name is None:
            self._by_name = {}
            for module in self.engine.project.modules.values():
                for one in module.classes.values():
                    if is_person(one.name):
                        self._by_name.setdefault(one.name.rpartition(".")[2].lower(), []).append(one)
        word = name.lower().replace("_", "").removeprefix("current").removeprefix("new")
        found = self._by_name.get(word, [])
        return found if len(found) == 1 and self.schemas.is_stored(found[0]) else []
