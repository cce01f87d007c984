from django.contrib.auth.decorators import user_passes_test
from django.core.signing import BadSignature, Signer
from django.http import HttpResponseForbidden
from django.shortcuts import redirect


def homemade(func):
    def function(*args, **kwargs):
        if args[0].user.is_authenticated:
            return func(*args, **kwargs)
        else:
            return redirect("login")

    return function


def only_logs(view):
    def inner(request, *args, **kwargs):
        print(request.user.is_authenticated)
        return view(request, *args, **kwargs)

    return inner


staff_only = user_passes_test(lambda user: user.is_staff)


def only_htmx(view):
    def inner(request, *args, **kwargs):
        if "HTTP_HX_REQUEST" not in request.META:
            return HttpResponseForbidden()
        return view(request, *args, **kwargs)

    return inner


def with_key(view):
    def inner(request, *args, **kwargs):
        if not request.headers.get("X-Api-Key"):
            return HttpResponseForbidden()
        return view(request, *args, **kwargs)

    return inner


def group_required(*groups):
    def in_group(user):
        if not user.is_authenticated:
            return False
        return user.groups.filter(name__in=groups).exists()

    return user_passes_test(in_group, login_url="no_permission")


def signed(view):
    def inner(request, *args, **kwargs):
        try:
            Signer().unsign(f"{request.path}:{request.GET.get('sig')}")
        except BadSignature:
            return HttpResponseForbidden()
        return view(request, *args, **kwargs)

    return inner
