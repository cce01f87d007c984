import tornado.web
from tornado.web import Application, RequestHandler, url
from tornado.websocket import WebSocketHandler

from base import Private


class Notes(RequestHandler):
    def get(self):
        self.write({})

    @tornado.web.authenticated
    def post(self):
        self.write({})


class Note(Private):
    def get(self, number):
        self.write({})

    def delete(self, number):
        self.write({})


class Mine(RequestHandler):
    def get(self):
        if not self.current_user:
            raise tornado.web.HTTPError(403)
        self.write({})


class Session(RequestHandler):
    async def get(self):
        if self.get_secure_cookie("user") is None:
            self.redirect("/login")
            return
        self.write({})


class Live(WebSocketHandler):
    def on_message(self, message):
        self.write_message(message)


class Ping(RequestHandler):
    def get(self):
        self.write("pong")


class App(Application):
    def __init__(self, **settings):
        handlers = [
            (r"/notes", Notes),
            (r"/notes/(\d+)", Note, {"store": None}),
            url(r"/mine", Mine, name="mine"),
            (r"/live", Live),
        ]
        super().__init__(handlers, **settings)


def main():
    app = App(debug=False)
    app.add_handlers(r".*", [(r"/session", Session), (r"/ping", Ping)])
    app.listen(8000)
