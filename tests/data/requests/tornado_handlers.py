import requests
import tornado.web, tornado.websocket
class A(tornado.web.RequestHandler):
    def get(self, path):
        self.write("<p>" + self.get_argument("x"))  # $ alert
        requests.get(path, timeout=1)  # $ alert
        self.redirect(self.get_query_argument("n"))  # $ alert
        requests.get(self.request.headers["X"], timeout=1)  # $ alert
        self.set_header(self.get_argument("h"), "1")  # $ alert
class W(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        requests.get(message, timeout=1)  # $ alert
