from flask import Blueprint, Flask
from flask_jwt_extended import jwt_required
from flask_restx import Api, Namespace, Resource

from pets import ns as pets

app = Flask(__name__)
bp = Blueprint("api", __name__, url_prefix="/api")
api = Api(bp, version="1.0", title="Pets")
dogs = api.namespace("dogs", description="Dogs")
cats = Namespace("cats", path="/felines")
api.add_namespace(cats)
api.add_namespace(pets, path="/all-pets")
app.register_blueprint(bp)


@dogs.route("/", "/list")
class Dogs(Resource):
    @dogs.doc("list")
    def get(self):
        return []

    @jwt_required()
    @dogs.expect(None)
    def post(self):
        return {}


@cats.route("/<int:cat_id>")
class Cat(Resource):
    method_decorators = [jwt_required()]

    def put(self, cat_id):
        return {}


@api.route("/hello")
class Hello(Resource):
    def get(self):
        return "hello"
