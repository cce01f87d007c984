from django.conf import settings
from rest_framework import mixins, viewsets
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle, UserRateThrottle


class Abilities(BasePermission):
    def has_permission(self, request, view):
        return True

    def has_object_permission(self, request, view, obj):
        return obj.abilities(request.user).get(view.action, False)


class Anybody(BasePermission):
    def has_permission(self, request, view):
        return True

    def has_object_permission(self, request, view, obj):
        return obj.is_public or request.method == "GET"


class ByKey(BaseAuthentication):
    def authenticate(self, request):
        key = request.headers.get("X-Key")
        if not key or key not in settings.KEYS:
            raise AuthenticationFailed("no key")


class Quick(ScopedRateThrottle):
    pass


class Orders(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    permission_classes = [Abilities]
    throttle_scope = "orders"
    queryset = Order.objects.all()

    @action(detail=False, methods=["post"], authentication_classes=[ByKey], permission_classes=[], throttle_classes=[UserRateThrottle])
    def bring(self, request):
        return Response(Order.objects.create().pk)


class Notes(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    permission_classes = [Anybody]
    queryset = Note.objects.all()

    @action(detail=False, methods=["get"], throttle_classes=[Quick])
    def newest(self, request):
        return Response([])
