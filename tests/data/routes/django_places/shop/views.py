from django.http import HttpResponse

from shop.guard import login_exempt


def prices(request):
    return HttpResponse()


def orders(request):
    return HttpResponse()


def join(request):
    return HttpResponse()


def card(request):
    return HttpResponse()


@login_exempt
def terms(request):
    return HttpResponse()
