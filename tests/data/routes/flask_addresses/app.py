import os

from flask import Flask
from flask_restful import Api, Resource


class Settings:
    API_VERSION = os.getenv("API_VERSION", "v2")


def address(endpoint):
    parts = endpoint.strip("/")
    return "/api/{}/{}/".format(Settings.API_VERSION, parts)


class Tasks(Resource):
    def get(self):
        return {}


class Task(Resource):
    def get(self, task_id):
        return {}


def create_app():
    app = Flask(__name__)
    api = Api(app)
    api.add_resource(Tasks, address("tasks/"))
    api.add_resource(Task, address("/tasks/<int:task_id>/"))
    return app
