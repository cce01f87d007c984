from functools import wraps

from flask import Blueprint, Flask
from flask_login import current_user
from flask_principal import Permission, RoleNeed
from flask_restx import Api, Resource

blueprint = Blueprint("api", __name__, url_prefix="/api")
editors = Permission(RoleNeed("editor"))


class ShopApi(Api):
    def secure(self, function):
        if isinstance(function, str):
            return self._for_role(Permission(RoleNeed(function)))
        return self._secured(function)

    def _for_role(self, permission):
        def decorator(function):
            return self._secured(function, permission)

        return decorator

    def _secured(self, function, permission=None):
        @wraps(function)
        def wrapper(*args, **kwargs):
            if not current_user.is_authenticated:
                self.abort(401)
            if permission is not None:
                with permission.require(403):
                    return function(*args, **kwargs)
            return function(*args, **kwargs)

        return wrapper

    def known(self, function):
        if isinstance(function, str):
            return self._noted(function)
        return self._noted(function)

    def _noted(self, function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            if current_user.is_authenticated and current_user.deleted:
                self.abort(401)
            return function(*args, **kwargs)

        return wrapper


api = ShopApi(blueprint)


class ShopApp(Flask):
    def register_blueprint(self, blueprint, **options):
        self.logger.info("registering %s", blueprint.name)
        return super().register_blueprint(blueprint, **options)


app = ShopApp(__name__)
app.register_blueprint(blueprint)


@api.route("/orders")
class Orders(Resource):
    @api.known
    def get(self):
        return []

    @api.secure
    def post(self):
        return {}

    @api.secure("admin")
    def delete(self):
        return {}


@api.route("/notes/<int:note_id>")
class Note(Resource):
    def put(self, note_id):
        editors.test(403)
        return {}

    def patch(self, note_id):
        with editors.require(403):
            return {}
