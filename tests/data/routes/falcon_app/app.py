import falcon

from auth import KeyCheck, SignsAnswers, UnlessOpen, admins_only, signed_in


class Things:
    def __init__(self, store):
        self.store = store

    def on_get(self, req, resp):
        resp.media = self.store.all()

    @falcon.before(signed_in)
    def on_post(self, req, resp):
        self.store.add(req.media)

    def on_get_one(self, req, resp, name):
        resp.media = self.store.get(name)

    @falcon.before(signed_in)
    def on_delete_one(self, req, resp, name):
        self.store.remove(name)


@falcon.before(signed_in)
@falcon.before(admins_only)
class Settings:
    async def on_put(self, req, resp):
        resp.media = {}


class Profile:
    def on_get(self, req, resp):
        if not req.get_header("Authorization"):
            raise falcon.HTTPUnauthorized(title="who are you")
        resp.media = {}


class Traced:
    def on_get(self, req, resp):
        if req.get_header("X-Trace") is None:
            raise falcon.HTTPBadRequest()
        resp.media = {}


class Jobs:
    def on_post(self, req, resp):
        resp.status = falcon.HTTP_202


def make_app(store):
    app = falcon.App()
    things = Things(store)
    app.add_route("/things", things)
    app.add_route("/things/{name}", things, suffix="one")
    app.add_route("/settings", Settings())
    app.add_route("/profile", Profile())
    app.add_route("/traced", Traced())
    return app


behind = falcon.asgi.App(middleware=[KeyCheck()])
behind.add_route("/jobs", Jobs())
behind.add_route("/healthz", Traced())


class OpenJobs:
    open_to_all = True

    def on_get(self, req, resp):
        resp.media = {}

    def on_post(self, req, resp):
        resp.media = {}


class Quiet:
    def on_get(self, req, resp):
        if req.auth is None:
            resp.status = falcon.HTTP_401
            return
        resp.media = {}


marked = falcon.App(middleware=[UnlessOpen(), SignsAnswers()])
marked.add_route("/marked/open", OpenJobs())
marked.add_route("/marked/jobs", Jobs())
app = falcon.App()
app.add_route("/quiet", Quiet())
