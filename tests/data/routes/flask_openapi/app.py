from flask_jwt_extended import jwt_required
from flask_openapi3 import APIBlueprint, APIView, OpenAPI

app = OpenAPI(__name__)
api = APIBlueprint("books", __name__, url_prefix="/api")
view = APIView(url_prefix="/views")


@app.get("/ping")
def ping():
    return "pong"


@api.post("/books", tags=[])
@jwt_required()
def make():
    return {}


@view.route("/books")
class Books:
    def get(self):
        return {}

    @jwt_required()
    def put(self):
        return {}


app.register_api(api)
app.register_api_view(view)
