import requests
from pyramid.view import view_config
from pyramid.httpexceptions import HTTPFound
from pyramid.response import Response
@view_config(route_name="a")
def a(request):
    requests.get(request.params["u"], timeout=1)  # $ alert
    requests.get(request.matchdict["u"], timeout=1)  # $ alert
    return HTTPFound(location=request.GET["n"])  # $ alert
class V:
    def __init__(self, request):
        self.request = request
    @view_config(route_name="b")
    def b(self):
        return Response("<p>" + self.request.params["x"])  # $ alert
