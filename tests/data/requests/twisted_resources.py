import requests
from twisted.web.resource import Resource
from klein import route
class R(Resource):
    def render_GET(self, request):
        requests.get(request.args[b"u"][0], timeout=1)  # $ alert
        return b"<p>" + request.args[b"x"][0]  # $ alert
@route("/x")
def x(request):
    requests.get(request.args[b"u"][0], timeout=1)  # $ alert
