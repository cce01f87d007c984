from django.http import HttpResponse


def dues(request, pk):
    return HttpResponse("dues")


def hooked(request, name):
    return HttpResponse("hooked")


def notices(request):
    return HttpResponse("notices")


def news(request):
    return HttpResponse("news")


news.open_to_all = True
