from tornado.web import RequestHandler, authenticated

from base import Asking, for_everybody


class Files(RequestHandler):
    @authenticated
    def get(self, path):
        self.write(path)


default_handlers = [(r"/files/(.*)", Files)]


class Version(Asking):
    @for_everybody
    def get(self):
        self.write("1")

    def post(self):
        self.write("2")

    put = post


version_handlers = [(r"/version", Version)]
