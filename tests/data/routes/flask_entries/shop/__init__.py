from flask import Flask, g


def create_app(application: Flask) -> Flask:
    register(application)
    return application


def register(application):
    from shop.guards import requires_admin, requires_no_auth
    from shop.status import status
    from shop.users import users

    def forget_user():
        g.user_id = None

    application.before_request(forget_user)
    users.before_request(requires_admin)
    application.register_blueprint(users, url_prefix="/users")
    status.before_request(requires_no_auth)
    application.register_blueprint(status)
