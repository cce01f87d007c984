from functools import wraps


def user_passes(test, problem=PermissionError("no")):
    def decorator(resolver):
        @wraps(resolver)
        def wrapper(root, info, *args, **kwargs):
            if test(info.context.user):
                return resolver(root, info, *args, **kwargs)
            raise problem

        return wrapper

    return decorator


def members_only(resolver):
    def wrapper(root, info, **data):
        if not info.context.user.is_authenticated:
            raise Exception("members only")
        return resolver(root, info, **data)

    return wrapper


office_required = user_passes(lambda user: user.is_staff)
login_required = user_passes(lambda user: user.is_authenticated)
