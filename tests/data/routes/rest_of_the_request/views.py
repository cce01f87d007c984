from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.response import Response

from models import Note


class MayCreate(permissions.BasePermission):
    """A POST brings a body: the way without one is nobody's."""

    def validator(self, request, one):
        return request.user.can_create(Note, one)

    def has_permission(self, request, view):
        if request.method == "POST" and request.data:
            data = request.data if type(request.data) is list else [request.data]
            return all(self.validator(request, one) for one in data)
        return True


class NotReady(permissions.BasePermission):
    def has_permission(self, request, view):
        from states import is_ready

        return not is_ready() and request.method == "POST"


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ["text"]


class Notes(mixins.CreateModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Note.objects.all()
    serializer_class = NoteSerializer
    permission_classes = [MayCreate]


class Provision(viewsets.GenericViewSet):
    permission_classes = [NotReady]

    def create(self, request):
        return Response({}, status=201)
