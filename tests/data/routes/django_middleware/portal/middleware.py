import re

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError

from .models import User

EXEMPT = [re.compile(one) for one in settings.LOGIN_EXEMPT_URLS]


class Timing:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


class SignedInOnly:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info.lstrip("/")
        if not request.user.is_authenticated and not any(one.match(path) for one in EXEMPT):
            return redirect(settings.LOGIN_URL)
        return self.get_response(request)


class NoBasic:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if isinstance(header, str) and header.startswith("Basic "):
            return JsonResponse({"error": "no basic authentication"}, status=401)
        return self.get_response(request)


class TokenUser:
    """Attaches the user of a token, and leaves it to the views to ask for one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            found = JWTAuthentication().authenticate(request)
            if found:
                request.user = User.objects.get(pk=found[0].pk)
        except User.DoesNotExist:
            return JsonResponse({"detail": "unknown user"}, status=401)
        except (InvalidToken, TokenError):
            pass
        return self.get_response(request)
