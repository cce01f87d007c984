from django.contrib.auth.decorators import login_required
from django.http import HttpResponse


def orders(request):
    return HttpResponse("[]")


@login_required
def own(request):
    return HttpResponse("[]")
