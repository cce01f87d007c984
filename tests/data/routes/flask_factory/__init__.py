from flask import Flask


def create_app(config=None):
    app = Flask(__name__)
    register(app)
    from . import views

    views.init_app(app)
    with app.app_context():
        from .admin import blueprint

        app.register_blueprint(blueprint, url_prefix="/admin")

    @app.route("/health")
    def health():
        return "ok"

    return app


def register(app):
    from .views import members, shop

    for blueprint in [shop, members]:
        app.register_blueprint(blueprint)
