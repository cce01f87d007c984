from flask import Blueprint, Flask, current_app
from flask.views import MethodView
from flask_allows import Allows
from flask_login import login_fresh
from helpers import IsAdmin, register_view
from pluggy import HookimplMarker

impl = HookimplMarker("forum")
allows = Allows()


class Topics(MethodView):
    def get(self):
        return "topics"


class Delete(MethodView):
    decorators = [allows.requires(IsAdmin)]

    def post(self):
        return "gone"


class Settings(MethodView):
    def get(self):
        return "settings"

    def post(self):
        return "kept"


@impl(tryfirst=True)
def load_forum(app: Flask):
    forum = Blueprint("forum", __name__)
    register_view(forum, routes=["/topics", "/topics/<slug>"], view_func=Topics.as_view("topics"))
    register_view(forum, routes=["/delete"], view_func=Delete.as_view("delete"))
    app.register_blueprint(forum, url_prefix="/forum")


@impl
def load_management(app):
    management = Blueprint("management", __name__)

    @management.before_request
    def fresh():
        if not login_fresh():
            return current_app.login_manager.needs_refresh()

    register_view(management, routes=["/settings"], view_func=Settings.as_view("settings"))
    app.register_blueprint(management, url_prefix="/management")
