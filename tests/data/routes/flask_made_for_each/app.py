from flask import Flask

from one import one_bp
from two import two_bp

app = Flask(__name__)
for bp in (one_bp, two_bp):
    app.register_blueprint(bp)
