import requests
from flask import Blueprint, Flask, redirect, request
from flask.views import MethodView
from flask_restful import Resource

app = Flask(__name__)
blueprint = Blueprint("b", __name__)


@app.route("/a/<name>/<int:number>/<path:rest>")
def a(name, number, rest):
    requests.get(name, timeout=1)  # $ alert
    requests.get(rest, timeout=1)  # $ alert
    requests.get(f"https://{number}", timeout=1)
    requests.get(request.args["u"], timeout=1)  # $ alert
    requests.get(request.get_json()["u"], timeout=1)  # $ alert
    requests.get(request.headers.get("X-U"), timeout=1)  # $ alert
    requests.get(request.cookies["u"], timeout=1)  # $ alert
    requests.get(request.files["u"].filename, timeout=1)  # $ alert
    requests.get(f"https://example.com{request.path}", timeout=1)
    return f"<p>{name}"  # $ alert


@blueprint.post("/b")
def b():
    return redirect(request.form["n"])  # $ alert


class View(MethodView):
    def get(self, name):
        requests.get(name, timeout=1)  # $ alert
        return "<p>" + request.values["x"]  # $ alert


class Rest(Resource):
    def get(self, name):
        requests.get(name, timeout=1)  # $ alert
        return "<p>" + name


def of_request(req):
    requests.get(req.args["url"], timeout=1)  # $ alert
    return req.headers["X-Name"]
