import importlib

from flask import Flask, current_app
from flask_login import LoginManager

app = Flask(__name__)
login_manager = LoginManager()
login_manager.init_app(app)

for name in app.config["PLUGINS"]:
    app.register_blueprint(importlib.import_module(name).blueprint)
