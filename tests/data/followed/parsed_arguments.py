"""What parsers of arguments declare: numbers, dates and choices hold nothing to inject, texts do."""

import os

from flask import Flask
from flask_restful import Api, Resource, inputs, reqparse

app = Flask(__name__)
api = Api(app)
parser = reqparse.RequestParser()
parser.add_argument("name", type=str, required=True)
parser.add_argument("page", type=int, default=1)
parser.add_argument("day", type=inputs.date)
parser.add_argument("order", choices=("up", "down"))
other = reqparse.RequestParser()
other.add_argument("page")


class Pages(Resource):
    def get(self):
        given = parser.parse_args()
        os.system("find " + given["name"])  # $ alert
        os.system("find " + given.name)  # $ alert
        os.system("find %s" % given["page"])
        os.system("find %s" % given.page)
        os.system("find %s" % given.get("day"))
        os.system("find " + given["order"])
        os.system("find " + other.parse_args()["page"])  # $ alert
        return {}

    def post(self):
        mine = reqparse.RequestParser()
        mine.add_argument("page", type=int, location="json")
        mine.add_argument("word", location="json")
        given = mine.parse_args()
        os.system(f"find {given['page']}")
        os.system(f"find {given['word']}")  # $ alert
        return {}
