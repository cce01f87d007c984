from flask import Blueprint, Flask

from users import bp as users_bp

app = Flask(__name__)
api = Blueprint("api", __name__, url_prefix="/api")
v1 = Blueprint("v1", __name__, url_prefix="/v1")
unused = Blueprint("unused", __name__)


@app.route("/")
def index():
    return "hello"


@app.get("/about")
def about():
    return "about"


@v1.route("/items/<int:item_id>", methods=["GET", "DELETE"])
def item(item_id):
    return str(item_id)


@unused.route("/never")
def never():
    return "not mounted"


api.register_blueprint(v1)
api.register_blueprint(users_bp, url_prefix="/people")
app.register_blueprint(api)
app.register_blueprint(v1, url_prefix="/old", name="old")
