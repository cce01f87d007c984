from flask import Flask
from shop import create_app

application = Flask("web")
create_app(application)
