from bottle import Bottle, abort, request

admin = Bottle()


@admin.hook("before_request")
def signed_in():
    if request.path == "/admin/login":
        return
    if not request.get_cookie("session", secret="s"):
        abort(401)


@admin.get("/users")
def users():
    return {}


@admin.post("/login")
def login():
    return {}


def remove(number):
    return {}


admin.route("/users/<number:int>", method="DELETE", callback=remove)
