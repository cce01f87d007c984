from flask_restx import Namespace, Resource

ns = Namespace("pets")


@ns.route("/<string:name>")
class Pet(Resource):
    def get(self, name):
        return name
