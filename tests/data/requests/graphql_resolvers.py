import requests, graphene, strawberry
from ariadne import QueryType


class M(graphene.Mutation):
    def mutate(self, info, url, n: int):
        requests.get(url, timeout=1)  # $ alert

    @classmethod
    def x(cls): ...


class Q(graphene.ObjectType):
    def resolve_a(root, info, **kwargs):
        requests.get(kwargs["u"], timeout=1)  # $ alert


@strawberry.type
class S:
    @strawberry.field
    def f(self, info, url: str, n: int) -> str:
        requests.get(url, timeout=1)  # $ alert
        requests.get(f"https://{n}", timeout=1)


query = QueryType()


@query.field("x")
def r(_, info, url):
    requests.get(url, timeout=1)  # $ alert


class Shop(graphene.ObjectType):
    page = graphene.Field(graphene.String, url=graphene.String(), description="A page.")

    @with_client
    def resolve_page(root, info, client_url, url):
        requests.get(client_url)
        return requests.get(url).text  # $ alert


class Ship(graphene.Mutation):
    class Arguments:
        url = graphene.String()
        number = graphene.Int(required=True)

    def mutate(root, info, url, number):
        requests.get(f"https://{number}", timeout=1)
        requests.get(url, timeout=1)  # $ alert


class Close(graphene.Mutation):
    class Arguments:
        id = graphene.ID(required=True)
        shop_id = graphene.Int()
        since = graphene.DateTime()

    def mutate(root, info, id, shop_id, since):
        requests.get(f"https://{shop_id}.example.com/{since}", timeout=1)
        requests.get(f"https://{id}", timeout=1)  # $ alert


@strawberry.type
class Closing:
    @strawberry.mutation
    def close(self, id: strawberry.ID, number: int) -> str:
        requests.get(f"https://{number}", timeout=1)
        requests.get(f"https://{id}", timeout=1)  # $ alert


@query.field("shop")
def resolve_shop(_, info, shop_id):
    requests.get(f"https://{shop_id}", timeout=1)  # $ alert
