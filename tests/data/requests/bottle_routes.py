import requests
import bottle
from bottle import route, request, response
@route("/x/<name>")
def x(name):
    requests.get(request.query.u, timeout=1)  # $ alert
    requests.get(request.forms.get("u"), timeout=1)  # $ alert
    bottle.redirect(request.query["n"])  # $ alert
    return "<p>" + name  # $ alert
