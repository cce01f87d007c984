from django.contrib.auth import authenticate, login
from django.http import HttpResponse
from django.shortcuts import redirect, render


def sign_in(request):
    if request.method == "POST":
        user = authenticate(request, username=request.POST["name"], password=request.POST["word"])
        if user is None:
            return redirect("login")
        login(request, user)
    return render(request, "login.html")


def profile(request):
    check(request)
    return HttpResponse("profile")


def check(request):
    from django.core.exceptions import PermissionDenied

    if not request.user.is_authenticated:
        raise PermissionDenied
