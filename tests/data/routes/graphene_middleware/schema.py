import graphene

from orders import Mutation as OrderMutation


class Purge(graphene.Mutation):
    ok = graphene.Boolean()

    def mutate(root, info):
        return Purge(ok=remove())


class Login(graphene.Mutation):
    ok = graphene.Boolean()

    def mutate(root, info, name, password):
        return Login(ok=True)


class Parts:
    login = Login.Field()


parts = [Parts, OrderMutation]
parts.append(graphene.ObjectType)


class Mutation(*parts):
    purge = Purge().Field()


class Query(graphene.ObjectType):
    version = graphene.String()
    users = graphene.List(graphene.String)

    def resolve_version(root, info):
        return VERSION

    def resolve_users(root, info):
        return everybody()


schema = graphene.Schema(query=type("Query", (Query, graphene.ObjectType), {}), mutation=Mutation)
