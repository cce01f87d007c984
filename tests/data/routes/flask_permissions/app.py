from functools import wraps

from flask import Flask, abort
from flask_login import current_user
from flask_principal import Permission, RoleNeed

app = Flask(__name__)
admin_permission = Permission(RoleNeed("admin"))


def applied(function, permission=None):
    @wraps(function)
    def wrapper(*args, **kwargs):
        if not current_user.is_authenticated:
            abort(401)
        if permission is not None:
            with permission.require():
                return function(*args, **kwargs)
        return function(*args, **kwargs)

    return wrapper


def secure(given):
    if isinstance(given, Permission):
        return lambda function: applied(function, given)
    return applied(given)


@app.route("/jobs/<job>", methods=["DELETE"])
@secure(admin_permission)
def stop(job):
    return {}


@app.route("/notes/<note>", methods=["DELETE"])
@secure
def remove(note):
    return {}
