import strawberry
from fastapi import Depends, FastAPI
from graphql import GraphQLError
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info


def scopes_of(token: str | None = None) -> list[str]:
    return ["write"] if token == "t" else []


async def get_context(scopes: list[str] = Depends(scopes_of)) -> dict:
    return {"authn_scopes": scopes, "store": {}}


async def is_allowed(info: Info, scope: str) -> bool:
    scopes = info.context["authn_scopes"]
    if scope not in scopes:
        return False
    return True


async def assert_allowed(info: Info, scope: str) -> None:
    if not await is_allowed(info, scope):
        raise GraphQLError("Not permitted")


@strawberry.type
class Query:
    @strawberry.field
    def names(self, info: Info) -> list[str]:
        return sorted(info.context["store"])


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add(self, info: Info, name: str) -> str:
        if "write" not in info.context["authn_scopes"]:
            raise GraphQLError("Not permitted")
        info.context["store"][name] = name
        return name

    @strawberry.mutation
    async def remove(self, info: Info, name: str) -> bool:
        if name not in info.context["store"]:
            return False
        await assert_allowed(info, "write")
        gone = info.context["store"].pop(name)
        return bool(gone)


app = FastAPI()
app.include_router(GraphQLRouter(strawberry.Schema(Query, Mutation), context_getter=get_context), prefix="/graphql")
