import inspect
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.utils.decorators import method_decorator


def guard_of(test):
    def around(view):
        @wraps(view)
        def inner(request, *args, **kwargs):
            if not test(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return inner

    def decorator(view):
        if inspect.isclass(view):
            return method_decorator(around, name="dispatch")(view)
        return around(view)

    return decorator


def named(function):
    function.is_named = True
    return function


@guard_of
def managers_only(user):
    return user.is_manager


@named
def measured(view):
    def inner(request):
        return view(request)

    return inner
