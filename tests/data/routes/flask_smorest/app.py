from flask import Flask
from flask.views import MethodView
from flask_jwt_extended import jwt_required
from flask_smorest import Api, Blueprint

app = Flask(__name__)
api = Api(app)
blp = Blueprint("pets", "pets", url_prefix="/pets", description="Pets")


@blp.route("/")
class Pets(MethodView):
    @blp.response(200)
    def get(self):
        return []

    @jwt_required()
    @blp.arguments(None)
    @blp.response(201)
    def post(self, data):
        return data


@blp.route("/<pet_id>", methods=["DELETE"])
@jwt_required()
@blp.response(204)
def drop(pet_id):
    return None


api.register_blueprint(blp)
