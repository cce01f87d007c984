from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from rest_framework import viewsets


def news(request):
    return HttpResponse("news")


@login_required
def about(request):
    return HttpResponse("about")


class Teams(viewsets.ReadOnlyModelViewSet):
    lookup_field = "slug"


class Members(viewsets.ReadOnlyModelViewSet):
    pass
