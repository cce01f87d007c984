from flask import Flask
from shop.health import mod as health
DEFAULT_BLUEPRINTS = (health,)
API_VERSION = 1

def create_app(app_name=None, blueprints=None, config=None):
    if not blueprints:
        blueprints = DEFAULT_BLUEPRINTS
    else:
        blueprints = blueprints + DEFAULT_BLUEPRINTS
    if not app_name:
        app_name = __name__
    app = Flask(app_name)
    configure_blueprints(app, blueprints)
    return app

def configure_blueprints(app, blueprints):
    for blueprint in blueprints:
        app.register_blueprint(blueprint, url_prefix=f"/api/{API_VERSION}")
