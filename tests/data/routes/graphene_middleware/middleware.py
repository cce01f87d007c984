from django.conf import settings
from graphql import GraphQLError


class SignedIn:
    def resolve(self, next, root, info, **args):
        if root is None:
            if not info.context.user.is_authenticated and info.field_name not in settings.OPEN_FIELDS:
                raise GraphQLError("log in")
        return next(root, info, **args)


class Timing:
    def resolve(self, next, root, info, **args):
        return next(root, info, **args)
