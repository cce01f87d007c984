from rest_framework import generics, mixins, viewsets
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenRefreshView

from .permissions import Composed, IsMember, ListsForAll, NeverRejects, OwnerOf, ReadOrMember, Stricter, UnlessPublic


class Books(viewsets.ModelViewSet):
    lookup_field = "isbn"
    http_method_names = ["get", "post", "delete"]

    def get_permissions(self):
        if self.action in ("list", "retrieve"):
            return [AllowAny()]
        elif self.action == "create":
            permission_classes = [IsMember]
        else:
            return super().get_permissions()
        return [permission() for permission in permission_classes]

    @action(detail=True, methods=["post"], url_path="lend-out", permission_classes=[AllowAny])
    def lend(self, request, isbn=None):
        return Response()

    @action(detail=False)
    def newest(self, request):
        return Response()


class Authors(mixins.ListModelMixin, viewsets.GenericViewSet):
    permission_classes = [ListsForAll]

    @action(detail=True, methods=["get"], permission_classes=[NeverRejects])
    def books(self, request, pk=None):
        return Response()

    @books.mapping.delete
    def remove_books(self, request, pk=None):
        return Response()


class Pages(viewsets.ReadOnlyModelViewSet):
    permission_classes = [Stricter]


class Open(APIView):
    permission_classes = (AllowAny,)

    def get(self, request):
        return Response()


class Closed(generics.RetrieveUpdateAPIView):
    pass


class Reading(generics.ListCreateAPIView):
    permission_classes = [IsAuthenticatedOrReadOnly]


class Either(APIView):
    permission_classes = [IsMember | ReadOrMember]

    def get(self, request):
        return Response()

    def post(self, request):
        return Response()


class Both(APIView):
    permission_classes = [ReadOrMember & Composed]

    def get(self, request):
        return Response()


class Anybody(APIView):
    permission_classes = [NeverRejects]

    def get(self, request):
        return Response()


class Base(APIView):
    permission_classes = [AllowAny]


class Strict(Base):
    permission_classes = [Composed]


class Loose(Base):
    pass


class Members(Loose, Strict):
    def get(self, request):
        return Response()


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request):
        if not request.headers.get("Authorization"):
            raise AuthenticationFailed()
        return None, None


class Keyed(APIView):
    authentication_classes = [KeyAuthentication]
    permission_classes = []

    def get(self, request):
        return Response()


class Table(viewsets.ModelViewSet):
    permission_classes_by_action = {"list": [AllowAny], "destroy": [IsAuthenticated]}

    def get_permissions(self):
        try:
            return [permission() for permission in self.permission_classes_by_action[self.action]]
        except KeyError:
            return [permission() for permission in self.permission_classes]


class Report(APIView):
    permission_classes = [AllowAny]

    def post(self, request):
        if not request.user.is_authenticated:
            return Response({"error": "sign in"}, status=401)
        return Response()


@api_view(["GET", "POST"])
@permission_classes([AllowAny])
def ping(request):
    return Response()


@api_view()
def echo(request):
    return Response()


def plain(request):
    return Response()


class Setting(APIView):
    permission_classes = [UnlessPublic]

    def get(self, request):
        return Response()


class Owned(APIView):
    permission_classes = [OwnerOf]

    def get(self, request):
        return Response()


class Shelves(viewsets.ModelViewSet):
    http_method_names = ["get", "put", "delete"]

    def bulk_destroy(self, request):
        return Response({})


class Files(APIView):
    def get(self, request):
        return Response({})


class Refresh(TokenRefreshView):
    pass
