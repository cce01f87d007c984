"""Guards whose answers are objects of the project's own classes, and that calls switch off."""

from functools import wraps

from flask import Flask, Response, request

from club.users import user_of

app = Flask(__name__)


class HttpResponse(Response):
    def __init__(self, response=None, status_code=None):
        super().__init__(response=response, status=status_code)


class ErrorResponse(HttpResponse):
    def __init__(self, status_code, message):
        super().__init__(response=message, status_code=status_code)


class Unauthorized(ErrorResponse):
    def __init__(self, message="who are you?"):
        super().__init__(status_code=401, message=message)


class Teapot(ErrorResponse):
    def __init__(self):
        super().__init__(status_code=418, message="no coffee")


class Protector:
    def __call__(self, scopes=None, *, optional=False, loud=False):
        def wrapper(view):
            @wraps(view)
            def decorated(*args, **kwargs):
                user = None
                header = request.headers.get("Authorization")
                if not optional and not header:
                    return Unauthorized()
                if header:
                    user = user_of(header)
                if loud:
                    print(user)
                if not optional and not user:
                    return Unauthorized("no such user")
                return view(user, *args, **kwargs)

            return decorated

        return wrapper


def no_coffee(view):
    @wraps(view)
    def decorated(*args, **kwargs):
        if not request.headers.get("Authorization"):
            return Teapot()
        return view(*args, **kwargs)

    return decorated


def told(view):
    @wraps(view)
    def decorated(*args, **kwargs):
        if not request.headers.get("Authorization"):
            return ErrorResponse(401, "who are you?")
        return view(*args, **kwargs)

    return decorated


require_auth = Protector()


@app.post("/asked")
@require_auth(scopes=["write"])
def asked(user):
    return {}


@app.post("/loud")
@require_auth(loud=True)
def loud(user):
    return {}


@app.get("/optional")
@require_auth(optional=True)
def optional(user):
    return {}


@app.get("/coffee")
@no_coffee
def coffee():
    return {}


@app.get("/told")
@told
def told_of():
    return {}
