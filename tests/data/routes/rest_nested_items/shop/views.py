from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ModelViewSet, ReadOnlyModelViewSet


class Orders(ReadOnlyModelViewSet):
    lookup_url_kwarg = "number"


class Lines(ModelViewSet):
    http_method_names = ["get", "delete"]


class Notes(ReadOnlyModelViewSet):
    permission_classes = [AllowAny]


class Shops(ReadOnlyModelViewSet):
    pass
