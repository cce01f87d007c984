from django.http import HttpResponse


def home(request):
    return HttpResponse("home")


def news(request):
    return HttpResponse("news")


def health(request):
    return HttpResponse("well")
