"""Views whose URL modules lie outside of what is scanned."""

from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
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
