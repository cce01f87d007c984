from flask import Flask
from flask_restful import Api

from table import ROUTES


def create_app():
    app = Flask(__name__)
    api = Api(app, prefix="/api")
    for route in ROUTES:
        api.add_resource(*route)
    return app
