from functools import wraps

from tornado.web import HTTPError, RequestHandler


class Private(RequestHandler):
    def prepare(self):
        token = self.request.headers.get("Authorization")
        if not token:
            raise HTTPError(401)


def for_everybody(method):
    @wraps(method)
    def called(self, *args):
        return method(self, *args)

    setattr(called, "__for_everybody", True)
    return called


class Asking(RequestHandler):
    def prepare(self):
        method = getattr(self, self.request.method.lower())
        if not getattr(method, "__for_everybody", False) and self.current_user is None:
            raise HTTPError(403)
