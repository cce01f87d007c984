from django.conf import settings
from rest_framework import permissions
from rest_framework.permissions import SAFE_METHODS, BasePermission

from .models import Shop


class NeverRejects(BasePermission):
    def has_object_permission(self, request, view, obj):
        return obj.owner == request.user


class IsMember(BasePermission):
    def has_permission(self, request, view):
        return bool(request.user and request.user.is_authenticated and request.user.members.exists())


class ReadOrMember(BasePermission):
    def has_permission(self, request, view):
        if request.method in SAFE_METHODS:
            return True
        return request.user.is_authenticated


class Stricter(permissions.IsAuthenticated):
    def has_permission(self, request, view):
        return super().has_permission(request, view) and request.user.is_active


class ListsForAll(BasePermission):
    def has_permission(self, request, view):
        if view.action == "list":
            return True
        return not request.user.is_anonymous


Composed = permissions.IsAdminUser | IsMember


class UnlessPublic(permissions.IsAuthenticated):
    def has_permission(self, request, view):
        if settings.PUBLIC:
            return True
        return super().has_permission(request, view)


class OwnerOf(BasePermission):
    def has_permission(self, request, view):
        return Shop.objects.filter(owner=request.user).exists()
