from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required, user_passes_test
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin, UserPassesTestMixin
from django.contrib.auth.views import redirect_to_login
from django.contrib.syndication.views import Feed
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import CreateView, DeleteView, ListView, TemplateView, UpdateView

from shop.models import Reader

from .guards import group_required, homemade, only_htmx, only_logs, signed, staff_only, with_key


def index(request):
    if request.user.is_authenticated:
        return render(request, "home.html")
    return render(request, "welcome.html")


@require_http_methods(["GET", "POST"])
def basket(request):
    if request.user.is_authenticated:
        return render(request, "basket.html")
    else:
        return redirect("login")


def parcel(request):
    if not request.user.is_authenticated:
        return HttpResponseRedirect(redirect_to=f"{settings.LOGIN_URL}?next={request.path}")
    return render(request, "parcel.html")


@permission_required("shop.view_archive")
def archive(request, year, page=1):
    return HttpResponse(year)


@homemade
def show(request, item_id=None, slug=None):
    return HttpResponse("item")


@method_decorator(csrf_exempt, name="dispatch")
class Edit(View):
    http_method_names = ["get", "post", "delete"]

    @method_decorator(login_required)
    def post(self, request, **kwargs):
        return HttpResponse("changed")

    def get(self, request, **kwargs):
        return HttpResponse("form")

    def put(self, request, **kwargs):
        return HttpResponse("never called")

    def delete(self, request, **kwargs):
        if not request.user.is_authenticated:
            return JsonResponse({"error": "who are you"}, status=401)
        return HttpResponse("gone")


@only_logs
def inner(request):
    return HttpResponse("inner")


wrapped = staff_only(require_POST(inner))


@method_decorator(user_passes_test(lambda user: user.is_staff), name="dispatch")
class StaffOnly(View):
    def get(self, request):
        return HttpResponse("staff")


class Everybody(UserPassesTestMixin, View):
    def test_func(self):
        return True

    def get(self, request):
        return HttpResponse("anybody")


class Orders(LoginRequiredMixin, ListView):
    pass


class Guarded(View):
    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class Order(Guarded, UpdateView):
    pass


class NewUser(CreateView):
    pass


class RemoveUser(PermissionRequiredMixin, DeleteView):
    permission_required = "auth.delete_user"


def debug(request):
    return HttpResponse("debug")


def page(request):
    return HttpResponse("page")


@csrf_exempt
def hook(request):
    if request.headers.get("X-Kind") == "x":
        return HttpResponseForbidden()
    return HttpResponse("hook")


@only_htmx
def part(request):
    return HttpResponse("part")


@with_key
def keyed(request):
    return HttpResponse("keyed")


class Board(TemplateView):
    login_required = False

    def dispatch(self, request, *args, **kwargs):
        if self.login_required and not request.user.is_authenticated:
            return redirect_to_login(request.path)
        return super().dispatch(request, *args, **kwargs)


@group_required("staff")
def stock(request):
    return HttpResponse("stock")


class Numbered(Feed):
    def get_object(self, request, feed_key):
        return Reader.objects.get(key=feed_key)


class News(Numbered):
    def items(self, reader):
        return reader.news.all()


@signed
def brochure(request, pk):
    return HttpResponse("brochure")


class OwnNotes:
    def get_queryset(self):
        if not self.request.user.is_authenticated:
            return Reader.objects.none()
        return Reader.objects.filter(owner=self.request.user)


class Notes(OwnNotes, ListView):
    pass


class NewNote(OwnNotes, CreateView):
    def post(self, request):
        return HttpResponse("made")
