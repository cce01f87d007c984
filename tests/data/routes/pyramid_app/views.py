from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.authorization import Authenticated, Everyone
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults


@view_config(route_name="home", renderer="home.html")
def home(request):
    return {}


@view_config(route_name="page", request_method="GET")
def page(request):
    return {}


@view_config(route_name="page", request_method=("PUT", "DELETE"), permission="edit")
def edit_page(request):
    return {}


@view_defaults(route_name="account", permission="account:manage")
class Account:
    def __init__(self, request):
        self.request = request

    @view_config(request_method="GET")
    def show(self):
        return {}

    @view_config(request_method="POST")
    def change(self):
        return {}

    @view_config(request_method="HEAD", permission=NO_PERMISSION_REQUIRED)
    def exists(self):
        return {}


@view_config(route_name="report", attr="show", request_method="GET")
class Report:
    def __init__(self, request):
        self.request = request

    def show(self):
        if self.request.user is None:
            return HTTPSeeOther(self.request.route_path("accounts.login"))
        return {}


@view_config(route_name="export")
def export(request):
    if request.authenticated_userid is None:
        raise HTTPForbidden()
    return {}


@view_config(route_name="feed", renderer="json")
def feed(request):
    token = request.headers.get("X-Feed-Token")
    if not signed(request, token):
        request.response.status = 403
        return {"error": "not signed"}
    return {}


@view_defaults(route_name="settings", is_authenticated=True)
class Settings:
    def __init__(self, request):
        self.request = request

    @view_config(request_method="GET")
    def show(self):
        return {}

    @view_config(request_method="POST", is_authenticated=False)
    def sign_up(self):
        return {}


@view_config(route_name="members", effective_principals=Authenticated)
def members(request):
    return {}


@view_config(route_name="members", request_method="DELETE", effective_principals=["group:editors"])
def remove_member(request):
    return {}


@view_config(route_name="visitors", effective_principals=Everyone)
def visitors(request):
    return {}
