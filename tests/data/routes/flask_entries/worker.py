from flask import Flask
from shop import create_app

application = Flask("worker")
create_app(application)
