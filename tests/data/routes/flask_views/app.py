from flask import Flask, abort, redirect, request, session
from flask.views import MethodView, View
from flask_login import login_required

app = Flask(__name__)


class Base(MethodView):
    decorators = [login_required]


class Items(Base):
    def get(self):
        return "items"

    def post(self):
        return "made"


class Open(MethodView):
    def get(self, item_id):
        return "item"

    @login_required
    def delete(self, item_id):
        return "gone"


class Page(View):
    methods = ["GET", "POST"]

    def dispatch_request(self):
        return "page"


class Plain(View):
    def dispatch_request(self):
        return "plain"


class Checked(MethodView):
    def dispatch_request(self, *args, **kwargs):
        if not request.headers.get("X-Api-Key"):
            abort(401)
        return super().dispatch_request(*args, **kwargs)

    def get(self):
        return "checked"


app.add_url_rule("/items", view_func=Items.as_view("items"))
open_view = Open.as_view("open")
app.add_url_rule("/open/<int:item_id>", view_func=open_view, methods=["GET", "DELETE"])
app.add_url_rule("/open-get/<int:item_id>", view_func=open_view, methods=["GET"])
app.add_url_rule("/page", view_func=Page.as_view("page"))
app.add_url_rule("/plain", view_func=login_required(Plain.as_view("plain")))
app.add_url_rule("/checked", view_func=Checked.as_view("checked"))


def project_guard(view):
    def inner(*args, **kwargs):
        if "user" not in session:
            return redirect("/login")
        return view(*args, **kwargs)

    return inner


app.add_url_rule("/wrapped", view_func=project_guard(Plain.as_view("wrapped")))
