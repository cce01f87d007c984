"""webargs, flask-smorest and APIFlask: handlers are given what declared fields have let through."""

import requests
from apiflask import APIFlask
from flask import Flask
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, validate
from webargs import fields
from webargs.flaskparser import FlaskParser, use_args, use_kwargs

app = Flask(__name__)
blp = Blueprint("books", __name__)
api = APIFlask(__name__)
own_parser = FlaskParser()


class Author(Schema):
    name = fields.Str()


class Book(Schema):
    number = fields.Integer()
    key = fields.UUID()
    kind = fields.Str(validate=validate.OneOf(["new", "used"]))
    code = fields.Str(validate=validate.Regexp(r"^[a-z]+$"))
    title = fields.Str(validate=validate.Length(max=3))
    tags = fields.List(fields.Str())
    ids = fields.List(fields.Int())
    author = fields.Nested(Author)


class Longer(Book):
    site = fields.Url()


@app.get("/named")
@use_kwargs({"url": fields.Str(required=True), "number": fields.Int(), "more": fields.Bool()}, location="query")
def named(url, number, more):
    requests.get(f"http://{number}.example/{more}")
    return requests.get(url).text  # $ alert


@app.get("/whole/<int:at>")
@use_args({"url": fields.Str()}, location="query")
@use_args(Book())
def whole(query, body, at):
    requests.get(query["url"])  # $ alert
    requests.get(f"http://{body['number']}.example/")
    return requests.get(body["title"]).text  # $ alert


class OwnHandler:
    def process(self):
        return self._process()


class Server(OwnHandler):
    @own_parser.use_kwargs({"url": fields.String(required=True)})
    def _process(self, url):
        return requests.get(url)  # $ alert


@blp.route("/books")
class Books(MethodView):
    @blp.arguments(Longer, location="query")
    def get(self, asked):
        requests.get("http://" + asked["kind"])
        requests.get("http://" + asked["code"] + ".example/")
        requests.get(f"http://{asked['key']}/")
        requests.get(f"http://{asked['ids'][0]}/")
        requests.get("http://" + asked["tags"][0])  # $ alert
        requests.get("http://" + asked["author"]["name"])  # $ alert
        return requests.get(asked["site"]).text  # $ alert

    @blp.arguments(Book(partial=True), as_kwargs=True)
    def post(self, title, **others):
        requests.get("http://" + others["kind"])
        return requests.get("http://" + title).text  # $ alert


@api.post("/pets")
@api.input(Author, location="json")
@api.input(Book, location="query", arg_name="asked")
def pets(json_data, asked):
    requests.get(f"http://{asked['number']}.example/")
    requests.get("http://" + asked["title"])  # $ alert
    return requests.get("http://" + json_data["name"]).text  # $ alert
