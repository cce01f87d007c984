from flask import Flask, g, redirect, request
from flask_appbuilder import AppBuilder, BaseView, IndexView, ModelView, expose
from flask_appbuilder.api import BaseApi, ModelRestApi, protect, safe
from flask_appbuilder.security.decorators import has_access

app = Flask(__name__)


class RouteMethod:
    GET = "get"
    READ = {GET, "get_list"}


def redirect_to_login():
    target = request.script_root + request.path
    return redirect(place_of(target))


appbuilder = AppBuilder(app)


class Shared(BaseView):
    @expose("/inherited/")
    def inherited(self):
        return "x"


class Reports(Shared):
    route_base = "/reports"

    @expose("/list/", methods=["GET", "POST"])
    @has_access
    def list(self):
        return "x"

    @has_access
    @expose("/either-order")
    def either(self):
        return "x"


class Greeting(BaseView):
    @expose("/hello/<string:name>")
    def hello(self, name):
        return name


class Charts(BaseApi):
    resource_name = "chart"

    @expose("/<int:pk>", methods=["DELETE"])
    @protect()
    @safe
    def drop(self, pk):
        return "x"

    @expose("/open")
    def open(self):
        return "x"


class Models(ModelRestApi):
    version = "v2"

    @expose("/extra", methods=["PUT"])
    @protect(allow_browser_login=True)
    def extra(self):
        return "x"


class Never(BaseView):
    @expose("/never")
    def never(self):
        return "not added"


appbuilder.add_view(Reports, "Reports", category="All")
appbuilder.add_view_no_menu(Greeting)
appbuilder.add_api(Charts)
appbuilder.add_api(Models)


class Log(ModelRestApi):
    resource_name = "log"
    include_route_methods = RouteMethod.READ | {"recent"}

    @expose("/recent")
    @protect()
    def recent(self):
        return "x"

    @expose("/kept")
    def kept(self):
        return "nobody can call it"


class Themes(ModelView):
    include_route_methods = {"list"}


class Front(IndexView):
    @expose("/")
    def index(self):
        return "x"


class Welcome(BaseView):
    @expose("/page/")
    def page(self):
        if not g.user:
            return redirect_to_login()
        return "x"


appbuilder.indexview = Front
appbuilder.add_api(Log)
appbuilder.add_view(Themes, "Themes")
appbuilder.add_view(Welcome, "Welcome")
