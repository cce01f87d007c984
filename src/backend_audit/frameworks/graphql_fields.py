"""The fields of GraphQL's root types as classes write them: graphene's attributes and resolvers, strawberry's methods.

https://docs.graphene-python.org/en/latest/types/objecttypes/, https://docs.graphene-python.org/projects/django/en/latest/,
https://strawberry.rocks/docs/types/object-types, https://strawberry.rocks/docs/django
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Definitions, Written, decorators_of, top_level
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol

_ANSWERS = ("mutate", "mutate_and_get_payload", "perform_mutation", "perform_mutate")  # methods of a mutation's class
_OF_MUTATION = re.compile(r"(?:^|[a-z])(?:Field|Fields)$")  # `CreateOrder.Field()`, `OrderMutation.DeleteField()`
_LISTS = re.compile(r"Connection\w*$|^Django\w*Field$|^Django\w+ObjectField$")  # rows of a table, without any resolver
_STRAWBERRY = ("strawberry.", "strawberry_django.", "strawberry_django_plus.", "gqlauth.")
_ATTACHED = ("permission_classes", "extensions")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Field:
    """What clients may ask a root type for, by `name`; `handler` answers, a method of `owner`'s objects where it is one.

    `api`: the library's thing that answers, where no function of the project does.
    """

    name: str
    home: ClassSymbol | ModuleSymbol  # what declares it
    node: ir.Node
    handler: FunctionSymbol | None = None
    owner: ClassSymbol | None = None
    decorators: tuple[Written, ...] = ()
    attached: tuple[tuple[str, Written], ...] = ()  # lists of permissions and extensions, by the keyword that gives them
    api: str = ""


def camel(name: str) -> str:
    """A name as both libraries show it: `create_user` → `createUser`."""
    first, *rest = name.strip("_").split("_")
    return first + "".join(one[:1].upper() + one[1:] for one in rest)


class Fields:
    """Reads the fields of root types."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.engine = definitions.engine

    def of(self, root: ClassSymbol, depth: int = _DEPTH) -> Iterator[Field]:
        """The fields of a root type and of its bases, the nearest of each name; those of types that only group fields, too."""
        seen: set[str] = set()
        for home in self.engine.bases(root)[0]:
            for node in top_level(home.node.body):
                for found in self._declared(root, home, node):
                    if found.name not in seen:
                        seen.add(found.name)
                        yield from self._opened(found, depth)

    def _declared(self, root: ClassSymbol, home: ClassSymbol, node: ir.Stmt) -> Iterator[Field]:
        if isinstance(node, ir.Function):
            method = home.methods.get(node.name)
            if method is not None:
                yield from self._decorated(home, method)
        elif isinstance(node, ir.Assign) and len(node.targets) == 1 and isinstance(node.value, ir.Call):
            name = written(node.targets[0])
            yield from self._assigned(root, home, name, node.value, node.annotation) if name.isidentifier() else ()

    def _opened(self, found: Field, depth: int) -> Iterator[Field]:
        """A field, or those of the type that it gives where that is there to group mutations."""
        inner = self._grouped(found) if depth else None
        if inner is None:
            yield found
            return
        for one in self.of(inner, depth - 1):
            before = (*found.attached, *one.attached)
            yield replace(one, name=f"{found.name}/{one.name}", attached=before, decorators=(*found.decorators, *one.decorators))

    def _grouped(self, found: Field) -> ClassSymbol | None:
        """The type of the project that a field gives, where that type holds mutations itself."""
        module = found.home if isinstance(found.home, ModuleSymbol) else found.home.module
        said: list[Written] = []
        if isinstance(found.node, ir.Function) and found.node.returns is not None:
            said = [Written(module, found.node.returns)]
        elif isinstance(found.node, ir.Call):
            said = [Written(module, arg.value) for arg in found.node.args[:1] if arg.name is None]
        symbols = [one for each in said for one in of_kind(self.definitions.value(each).refs, ClassSymbol)]
        groups = len(symbols) == 1 and symbols[0] is not found.home and self._holds_mutations(symbols[0])
        return symbols[0] if groups else None

    def _holds_mutations(self, symbol: ClassSymbol) -> bool:
        for home in self.engine.bases(symbol)[0]:
            for node in top_level(home.node.body):
                if isinstance(node, ir.Function):
                    values = (self.definitions.value(Written(home.module, _callee(one))) for one in node.decorators)
                    if any(path.startswith(_STRAWBERRY) and path.endswith(".mutation") for one in values for path in one.apis):
                        return True
                elif isinstance(node, ir.Assign) and isinstance(node.value, ir.Call) and self._mutation(home, node.value):
                    return True
        return False

    # --- strawberry -------------------------------------------------------------------------------------------------

    def _decorated(self, home: ClassSymbol, method: FunctionSymbol) -> Iterator[Field]:
        """`@strawberry.field(permission_classes=[…])` above a method."""
        nodes = method.node.decorators
        at = next((index for index, one in enumerate(nodes) if self._of_strawberry(home.module, _callee(one))), None)
        if at is not None:
            others = tuple(Written(home.module, one) for one in nodes[at + 1 :])
            yield Field(
                self._named(nodes[at], method.node.name), home, method.node, method, home, others, self._attached(home, nodes[at])
            )

    def _of_strawberry(self, module: ModuleSymbol, node: ir.Expr) -> bool:
        value = self.definitions.value(Written(module, node))
        return any(path.startswith(_STRAWBERRY) for path in value.apis) and not written(node).endswith("strawberry.type")

    @staticmethod
    def _attached(home: ClassSymbol, node: ir.Expr) -> tuple[tuple[str, Written], ...]:
        args = node.args if isinstance(node, ir.Call) else []
        return tuple((arg.name, Written(home.module, arg.value)) for arg in args if arg.name in _ATTACHED)

    @staticmethod
    def _named(node: ir.Expr, name: str) -> str:
        args = node.args if isinstance(node, ir.Call) else []
        said = next((arg.value for arg in args if arg.name == "name"), None)
        return said.value if isinstance(said, ir.Const) and isinstance(said.value, str) else camel(name)

    # --- both -------------------------------------------------------------------------------------------------------

    def _assigned(self, root: ClassSymbol, home: ClassSymbol, name: str, made: ir.Call, shown: ir.Expr | None) -> Iterator[Field]:
        """`create_order = CreateOrder.Field()`, `orders = graphene.List(Order)`, `books = strawberry.field(resolver=books)`."""
        if self._of_strawberry(home.module, made.func):
            yield from self._of_library(home, name, made, shown)
        elif (mutation := self._mutation(home, made)) is not None:
            yield from self._of_mutation(home, name, made, mutation)
        elif self._is_field(home, made):
            yield from self._of_graphene(root, home, name, made)

    def _is_field(self, home: ClassSymbol, made: ir.Call) -> bool:
        paths = self.definitions.value(Written(home.module, made.func)).apis
        return written(made.func).rpartition(".")[2][:1].isupper() or any(one.startswith("graphene") for one in paths)

    def _of_library(self, home: ClassSymbol, name: str, made: ir.Call, shown: ir.Expr | None) -> Iterator[Field]:
        given = next((arg.value for arg in made.args if arg.name == "resolver"), None)
        functions = [] if given is None else of_kind(self.definitions.value(Written(home.module, given)).refs, FunctionSymbol)
        paths = sorted(self.definitions.value(Written(home.module, made.func)).apis)
        handler = functions[0] if len(functions) == 1 else self._of_queryset(home, [] if shown is None else [shown])
        decorators = tuple(decorators_of(functions[0])) if functions else ()
        api = "" if functions else paths[0]
        yield Field(
            self._named(made, name), home, made, handler, None if handler is None else handler.owner, decorators,
            self._attached(home, made), api,
        )  # fmt: skip

    def _mutation(self, home: ClassSymbol, made: ir.Call) -> Value | None:
        """What `X` is in `X.Field()`."""
        func = made.func
        if not isinstance(func, ir.Attribute) or not _OF_MUTATION.search(func.attr):
            return None
        value = self.definitions.value(Written(home.module, func.value))
        owners = of_kind(value.refs, ClassSymbol) or self.engine.classes_of(value)  # `CopyOrder().Field()`
        if owners:
            told = any(self.engine.find_method(owners[0], one) is not None for one in _ANSWERS)
            bases = self.engine.external_bases(owners[0])
            return value if told or any("utation" in one or one.startswith("graphql_") for one in bases) else None
        return value if value.apis and not written(func.value).endswith(("Node", "graphene", "relay")) else None

    def _of_mutation(self, home: ClassSymbol, name: str, made: ir.Call, mutation: Value) -> Iterator[Field]:
        owners = of_kind(mutation.refs, ClassSymbol) or self.engine.classes_of(mutation)
        owner = owners[0] if owners else None
        found = [] if owner is None else [self.engine.find_method(owner, one) for one in _ANSWERS]
        handler = next((one for one in found if one is not None), None)
        decorators = () if handler is None else tuple(decorators_of(handler))
        outside = sorted(mutation.apis) if owner is None else self.engine.external_bases(owner)
        api = "" if handler is not None else next(iter(outside), "")
        yield Field(self._named(made, name), home, made, handler, owner, decorators, (), api)

    def _of_graphene(self, root: ClassSymbol, home: ClassSymbol, name: str, made: ir.Call) -> Iterator[Field]:
        resolver = self.engine.find_method(root, f"resolve_{name}")
        given = next((arg.value for arg in made.args if arg.name == "resolver"), None)
        if given is not None and resolver is None:
            functions = of_kind(self.definitions.value(Written(home.module, given)).refs, FunctionSymbol)
            resolver = functions[0] if len(functions) == 1 else None
        if resolver is not None:
            yield Field(self._named(made, name), home, made, resolver, root, tuple(decorators_of(resolver)))
            return
        called = next(iter(sorted(self.definitions.value(Written(home.module, made.func)).apis)), written(made.func))
        if _LISTS.search(called.rpartition(".")[2]) or called.endswith("Node.Field"):
            handler = self._of_queryset(home, [arg.value for arg in made.args[:1] if arg.name is None])
            yield Field(
                self._named(made, name), home, made, handler, None if handler is None else handler.owner, (), (),
                "" if handler is not None else called,
            )  # fmt: skip
        elif self._grouped(Field("", home, made)) is not None:
            yield Field(self._named(made, name), home, made, api=called)

    def _of_queryset(self, home: ClassSymbol, shown: list[ir.Expr]) -> FunctionSymbol | None:
        """What narrows the rows of the type that a field shows: its `get_queryset`, which the library asks."""
        for node in ir.walk_scope(*shown):
            value = self.definitions.value(Written(home.module, node)) if isinstance(node, (ir.Name, ir.Attribute)) else Value()
            for owner in of_kind(value.refs, ClassSymbol):
                found = self.engine.find_method(owner, "get_queryset") or self.engine.find_method(owner, "get_node")
                if found is not None:
                    return found
        return None


def _callee(node: ir.Expr) -> ir.Expr:
    return node.func if isinstance(node, ir.Call) else node
