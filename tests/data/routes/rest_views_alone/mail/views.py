"""Views whose URL modules lie outside of what is scanned."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet


class Accounts(ReadOnlyModelViewSet):
    permission_classes = [IsAuthenticated]

    @action(detail=True, methods=["post"])
    def process(self, request, pk):
        return Response()


class Status(APIView):
    permission_classes = [AllowAny]

    def get(self, request):
        return Response()


class Export(APIView):
    def get(self, request):
        return Response()


class MailSerializer(ModelSerializer):
    class Meta:
        fields = ("id",)


class Rules(ListAPIView):
    permission_classes = [IsAuthenticated]
    serializer_class = MailSerializer

    @extend_schema(responses=MailSerializer)
    def post(self, request):
        return Response()

    def put(self, request):
        return Response()
