"""Operations of GraphQL in NestJS: methods of resolvers, which guards stand before as before those of controllers.

https://docs.nestjs.com/graphql/resolvers, https://docs.nestjs.com/graphql/other-features
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.frameworks.nest_decorators import NestDecorators
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import Route
from backend_audit.routes.texts import definition, texts_of
from backend_audit.source import Mark

PATH = "/graphql"
_PACKAGE = "@nestjs/graphql."
_KINDS = {"Query": "GET", "Mutation": "POST", "Subscription": "GET"}  # what is only to read, and what is to change something


def resolver(decorators: NestDecorators, owner: ClassSymbol) -> bool:
    """Whether a class resolves fields of a GraphQL schema."""
    return decorators.own(owner, owner.node.decorators, "Resolver", _PACKAGE) is not None


def operations(decorators: NestDecorators, owner: ClassSymbol, method: FunctionSymbol) -> Iterator[Route]:
    """The operation that a resolver's method answers."""
    declared = method.owner or owner
    for kind, http in _KINDS.items():
        made = decorators.own(declared, method.node.decorators, kind, _PACKAGE)
        if made is not None:
            yield Route(
                methods=(http,),
                path=f"{PATH}/{_name(decorators, declared, made) or method.node.name}",
                framework="nestjs",
                kind="graphql",
                handler=method,
                owner=owner,
                name=f"{owner.name}.{method.node.name}",
                mark=definition(method),
                registered=Mark(declared.module.path, made.at, made.end, "registered here"),
                group=owner.key,
            )


def _name(decorators: NestDecorators, owner: ClassSymbol, made: ir.Call) -> str:
    """The name that a decorator states: `@Query("orders")`, `@Query(() => [Order], { name: "orders" })`."""
    frame = decorators.engine.frame(owner.module)
    for arg in made.args:
        value = frame.eval(arg.value)
        held = (value.items or {}).get("name") if value.kind == "dict" else value if isinstance(arg.value, ir.Const) else None
        if held is not None and (found := texts_of(held)):
            return found[0]
    return ""
