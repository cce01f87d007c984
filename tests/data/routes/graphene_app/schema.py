import graphene
import graphql_jwt
from graphene_django import DjangoObjectType
from graphene_django.filter import DjangoFilterConnectionField
from graphql import GraphQLError
from graphql_jwt.decorators import login_required, permission_required

from guards import members_only, office_required
from models import Note, Order


class OrderType(DjangoObjectType):
    class Meta:
        model = Order


class NoteType(DjangoObjectType):
    class Meta:
        model = Note

    @classmethod
    def get_queryset(cls, queryset, info):
        if info.context.user.is_anonymous:
            return queryset.none()
        return queryset.filter(author=info.context.user)


class CreateOrder(graphene.Mutation):
    class Arguments:
        title = graphene.String()

    order = graphene.Field(OrderType)

    @login_required
    def mutate(root, info, title):
        return CreateOrder(order=Order.objects.create(title=title))


class DeleteOrder(graphene.Mutation):
    class Arguments:
        order_id = graphene.ID()

    ok = graphene.Boolean()

    @permission_required("shop.delete_order")
    def mutate(root, info, order_id):
        Order.objects.filter(pk=order_id).delete()
        return DeleteOrder(ok=True)


class RenameOrder(graphene.relay.ClientIDMutation):
    class Input:
        order_id = graphene.ID()

    ok = graphene.Boolean()

    @classmethod
    def mutate_and_get_payload(cls, root, info, order_id):
        user = info.context.user
        if not user.is_authenticated:
            raise GraphQLError("Please log in")
        Order.objects.filter(pk=order_id, owner=user).update(name="x")
        return RenameOrder(ok=True)


class ArchiveOrder(graphene.Mutation):
    ok = graphene.Boolean()

    def mutate(root, info, order_id):
        if info.context.user.is_anonymous:
            return ArchiveOrder(ok=False, errors=["log in"])
        Order.objects.filter(pk=order_id).update(archived=True)
        return ArchiveOrder(ok=True)


class SendMail(graphene.Mutation):
    ok = graphene.Boolean()

    def mutate(root, info, address):
        send(address)
        return SendMail(ok=True)


class Checked(graphene.Mutation):
    class Meta:
        abstract = True

    @classmethod
    def mutate(cls, root, info, **data):
        if not cls.check_permissions(info.context):
            raise GraphQLError("no")
        return cls.perform_mutation(root, info, **data)

    @classmethod
    def check_permissions(cls, context):
        return context.user.is_authenticated


class Publish(Checked):
    @classmethod
    def perform_mutation(cls, root, info, **data):
        return cls()


class OrderMutations(graphene.ObjectType):
    create_order = CreateOrder.Field()
    delete_order = DeleteOrder.Field(name="removeOrder")


class Mutation(OrderMutations, graphene.ObjectType):
    rename_order = RenameOrder.Field()
    archive_order = ArchiveOrder.Field()
    send_mail = SendMail.Field()
    publish = Publish.Field()
    token_auth = graphql_jwt.ObtainJSONWebToken.Field()


class Resolvers:
    @members_only
    def resolve_members(root, info):
        return Order.objects.all()

    @office_required
    def resolve_office(root, info):
        return Order.objects.all()


class Query(Resolvers, graphene.ObjectType):
    orders = graphene.List(OrderType)
    notes = DjangoFilterConnectionField(NoteType)
    all_orders = DjangoFilterConnectionField(OrderType)
    members = graphene.List(OrderType)
    office = graphene.List(OrderType)
    maybe = graphene.List(OrderType)
    unanswered = graphene.String()

    def resolve_orders(root, info):
        return Order.objects.all()

    def resolve_maybe(root, info):
        if info.context.user.is_authenticated:
            return Order.objects.all()
        return Order.objects.filter(public=True)


schema = graphene.Schema(query=Query, mutation=Mutation)
