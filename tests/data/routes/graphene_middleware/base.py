import graphene


class Mutation(graphene.Mutation):
    class Meta:
        abstract = True

    @classmethod
    def mutate(cls, root, info, **data):
        if not info.context.user.is_staff:
            raise PermissionError("staff only")
        return cls.perform(**data)
