"""What a mutation asks for stands in its `Meta`; the base class of all looks at it before it lets anybody on."""

import graphene
from graphql import GraphQLError


class Options(graphene.types.mutation.MutationOptions):
    permissions = None


class BaseMutation(graphene.Mutation):
    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, permissions=None, _meta=None, **options):
        _meta = _meta or Options(cls)
        _meta.permissions = permissions
        super().__init_subclass_with_meta__(_meta=_meta, **options)

    @classmethod
    def check_permissions(cls, context):
        if not cls._meta.permissions:
            return True
        return context.user.has_perms(cls._meta.permissions)

    @classmethod
    def mutate(cls, root, info, **data):
        if not cls.check_permissions(info.context):
            raise GraphQLError("not allowed")
        return cls.perform(info, **data)


class Publish(BaseMutation):
    class Meta:
        permissions = ("pages.publish",)

    ok = graphene.Boolean()

    @classmethod
    def perform(cls, info, **data):
        return cls(ok=True)


class PublishLater(Publish):
    class Meta:
        permissions = ("pages.publish_later",)


class Subscribe(BaseMutation):
    class Meta:
        permissions = ()

    ok = graphene.Boolean()

    @classmethod
    def perform(cls, info, **data):
        return cls(ok=True)


class Vote(BaseMutation):
    ok = graphene.Boolean()

    @classmethod
    def perform(cls, info, **data):
        return cls(ok=True)


class Mutation(graphene.ObjectType):
    publish = Publish.Field()
    publish_later = PublishLater.Field()
    subscribe = Subscribe.Field()
    vote = Vote.Field()


schema = graphene.Schema(mutation=Mutation)
