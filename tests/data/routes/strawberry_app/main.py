import strawberry
from fastapi import Depends, FastAPI
from strawberry.extensions import FieldExtension
from strawberry.fastapi import GraphQLRouter
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.tools import merge_types


class SignedIn(BasePermission):
    message = "log in"

    def has_permission(self, source, info, **kwargs) -> bool:
        return info.context["user"] is not None


class Anyone(BasePermission):
    def has_permission(self, source, info, **kwargs) -> bool:
        return True


class Members(FieldExtension):
    def resolve(self, next_, source, info, **kwargs):
        if not info.context["user"]:
            raise PermissionError("members only")
        return next_(source, info, **kwargs)


def get_books(title: str) -> str:
    return title


@strawberry.type
class BookMutations:
    @strawberry.mutation
    def add(self, title: str) -> bool:
        store(title)
        return True

    @strawberry.mutation(permission_classes=[Anyone])
    def lend(self, title: str) -> bool:
        store(title)
        return True


@strawberry.type
class Mutation:
    @strawberry.mutation(permission_classes=[SignedIn])
    def create_book(self, title: str) -> bool:
        return True

    @strawberry.mutation(extensions=[PermissionExtension(permissions=[SignedIn()])])
    def burn_book(self, title: str) -> bool:
        return True

    @strawberry.mutation(extensions=[Members()], name="renewBook")
    def renew(self, title: str) -> bool:
        return True

    @strawberry.mutation
    def sell_book(self, info: strawberry.Info, title: str) -> bool:
        user = info.context.user
        if not user:
            raise ValueError("who are you")
        return True

    @strawberry.mutation
    def drop_book(self, title: str) -> bool:
        store(title)
        return True

    @strawberry.field(permission_classes=[SignedIn])
    def books(self) -> BookMutations:
        return BookMutations()

    @strawberry.mutation
    def login(self, name: str, password: str) -> str:
        return token_for(name, password)


@strawberry.type
class Books:
    books: str = strawberry.field(resolver=get_books)
    own: str = strawberry.field(resolver=get_books, permission_classes=[SignedIn])


@strawberry.type
class Users:
    @strawberry.field
    def users(self, info: strawberry.Info) -> list[str]:
        if not info.context["user"]:
            return []
        return everybody()


Query = merge_types("Query", (Books, Users))
schema = strawberry.Schema(query=Query, mutation=Mutation)
app = FastAPI()
app.include_router(GraphQLRouter(schema), prefix="/graphql")


def key_needed(x_key: str):
    from fastapi import HTTPException

    if x_key != "expected":
        raise HTTPException(401)


closed = strawberry.Schema(query=Users)
app.include_router(GraphQLRouter(closed, dependencies=[Depends(key_needed)]), prefix="/inner")
