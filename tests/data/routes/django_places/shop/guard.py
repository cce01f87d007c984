from django.shortcuts import redirect
from django.urls import resolve


def login_exempt(view):
    view.login_exempt = True
    return view


class BackOffice:
    """Asks below an address, and leaves the rest alone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith("/backoffice") and not request.user.is_authenticated:
            return redirect("/login/")
        return self.get_response(request)


class Members:
    """Asks for the views of one application, but for those that are named or marked."""

    OPEN = ("join",)

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, args, kwargs):
        url = resolve(request.path_info)
        if "members" not in url.namespaces:
            return None
        if getattr(view_func, "login_exempt", False):
            return None
        if url.url_name not in self.OPEN and request.user.is_anonymous:
            return redirect("/login/")
        return None
