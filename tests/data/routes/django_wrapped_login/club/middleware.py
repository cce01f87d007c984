from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied

from club import switches

OPEN = ("/status", "/hooks")


class AskEverybody:
    """Lets Django's own decorator ask, but for addresses that a loop goes through and views that are marked."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.user.is_authenticated:
            return None
        for path in OPEN:
            if request.path.startswith(path):
                return None
        if getattr(view_func, "open_to_all", False):
            return None
        return login_required(view_func)(request, *view_args, **view_kwargs)


class MaintenanceMode:
    """Turns people away while the site is worked on: that asks nobody who calls."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_request(self, request):
        switch = switches.get("maintenance")
        if switch is not None and switch.is_on:
            if request.user.is_staff:
                return None
            raise PermissionDenied
