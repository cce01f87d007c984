from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.generic import View
from rest_framework.permissions import BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from club.guards import managers_only, measured
from club.middleware import watched, without_asking


@managers_only
def dues(request):
    return HttpResponse("dues")


@measured
def prices(request):
    return HttpResponse("prices")


@without_asking
def news(request):
    return HttpResponse("news")


@watched
def letters(request):
    return HttpResponse("letters")


@managers_only
class Members(View):
    def get(self, request):
        return HttpResponse("members")


@measured
class Guests(View):
    def get(self, request):
        return HttpResponse("guests")


@method_decorator(name="get", decorator=staff_member_required)
class Sales(View):
    def get(self, request):
        return HttpResponse("sales")

    def post(self, request):
        return HttpResponse("sold")


class FromTheShop(BasePermission):
    def has_permission(self, request, view):
        return getattr(request, "from_shop", False) is True


class WithKey(BasePermission):
    def has_permission(self, request, view):
        if hasattr(request, "key"):
            return True
        raise PermissionDenied("no key")


class InSeason(BasePermission):
    def has_permission(self, request, view):
        return season_is_open()


class Stock(APIView):
    authentication_classes = ()
    permission_classes = (FromTheShop,)

    def post(self, request):
        return Response({})


class Keyed(APIView):
    permission_classes = (WithKey,)

    def get(self, request):
        return Response({})


class Harvest(APIView):
    permission_classes = (InSeason,)

    def get(self, request):
        return Response({})


class Orders(ViewSet):
    def get_permissions(self):
        if (action := self.action) in ["list", "told"]:
            return []
        if action == "create":
            return [IsAdminUser()]
        return super().get_permissions()

    def list(self, request):
        return Response([])

    def create(self, request):
        return Response({})

    def destroy(self, request, pk):
        return Response({})


class Parcels(ViewSet):
    def get_permissions(self):
        wanted = self.action
        if wanted == "list":
            return []
        return [IsAuthenticated()]

    def list(self, request):
        return Response([])

    def create(self, request):
        return Response({})
