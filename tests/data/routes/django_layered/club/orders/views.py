from django.http import HttpResponse

from club.orders.words import title


def orders(request):
    return HttpResponse(title)
