from flask import request


class AuthError(Exception):
    def __init__(self, message, code):
        self.message = message
        self.code = code


def requires_no_auth():
    pass


def requires_admin():
    if not request.headers.get("Authorization"):
        raise AuthError("bring a token", 401)
