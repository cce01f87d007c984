"""Views whose mixin asks only where the class tells it to."""

from django.http import HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.views.generic import View


class Asking:
    login_required = False
    permission_required = False

    def dispatch(self, request, *args, **kwargs):
        if self.login_required or self.permission_required:
            if not request.user.is_authenticated:
                return HttpResponseRedirect("/login/?next=" + request.path)
            if self.permission_required and not request.user.has_perm(self.permission_required):
                return HttpResponseForbidden()
        return super().dispatch(request, *args, **kwargs)


class Members(Asking, View):
    login_required = True

    def get(self, request):
        return HttpResponse()


class Board(Asking, View):
    permission_required = "club.board"

    def post(self, request):
        return HttpResponse()


class News(Asking, View):
    def get(self, request):
        return HttpResponse()
