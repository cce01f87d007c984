from rest_framework import status
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import DestroyModelMixin, RetrieveModelMixin, UpdateModelMixin
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from club.models import Event, Job, Note


class IsOrganizer(BasePermission):
    def has_object_permission(self, request, view, obj):
        helps = request.user in obj.helpers.all() if hasattr(obj, "helpers") else False
        return request.user == obj.created_by or request.user.is_superuser or helps


class Events(UpdateModelMixin, DestroyModelMixin, GenericViewSet):
    queryset = Event.objects.all()
    permission_classes = [IsOrganizer]

    def destroy(self, request, pk):
        Event.objects.filter(pk=pk).delete()  # fetched in a way of its own: nobody asks
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def publish(self, request, pk):
        event = self.get_object()
        event.publish()
        return Response()


class Notes(RetrieveModelMixin, GenericViewSet):
    queryset = Note.objects.all()
    permission_classes = []

    @action(detail=True, methods=["delete"])
    def hide(self, request, pk):
        note = self.get_object()
        if not note:
            return Response({"error": "there is none"}, status=status.HTTP_404_NOT_FOUND)
        if note.owner != request.user:
            return Response({"error": "not yours"}, status=status.HTTP_403_FORBIDDEN)
        note.hide()
        return Response()

    @action(detail=True, methods=["post"])
    def like(self, request, pk):
        self.get_object().like()
        return Response()


class Jobs(UpdateModelMixin, GenericViewSet):
    queryset = Job.objects.all()
    permission_classes = []

    def check_object_permissions(self, request, obj):
        if self.action == "note":
            return
        if not self.request.user.is_authenticated:
            try:
                if request.data["secret"] != obj.secret:
                    raise PermissionDenied("wrong secret")
            except KeyError:
                raise ValidationError("bring the secret")

    @action(detail=True, methods=["patch"])
    def note(self, request, pk):
        self.get_object().note(request.data)
        return Response()


@api_view(["POST"])
@permission_classes([AllowAny])
def scores(request, pk):
    job = get_object_or_404(Job, pk=pk)
    if request.data["secret"] != job.secret:
        raise PermissionDenied("wrong secret")
    job.take(request.data["scores"])
    return Response()
