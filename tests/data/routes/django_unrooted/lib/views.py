from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views import View
from rest_framework.views import APIView


@login_required
def listing(request):
    return HttpResponse("list")


@login_required
def creating(request):
    return HttpResponse("made")


def one(request):
    if request.method == "POST":
        return creating(request)
    return listing(request)


def many(request):
    return HttpResponse("many")


class Three(View):
    @classmethod
    def as_view(cls, **kwargs):
        return super().as_view(**kwargs)

    def get(self, request):
        if request.user.is_anonymous:
            raise PermissionDenied("sign in")
        return HttpResponse("three")

    post = get


def four(request):
    if not request.user:  # an anonymous user is true
        raise PermissionDenied
    return HttpResponse("four")


class Five(View):
    def dispatch(self, request, *args, **kwargs):
        return HttpResponse("any method")


class Seven(APIView):
    def get(self, request):
        return HttpResponse("by settings that are not here")
