import requests
from flask import Flask, request

app = Flask(__name__)


@app.route("/1")
def prepared():
    url = request.args.get("url")
    session = requests.Session()
    session.send(requests.Request("GET", url).prepare(), timeout=3)  # $ alert
    made = session.prepare_request(requests.Request("POST", url=url))
    session.send(made, timeout=3)  # $ alert
    session.send(requests.Request("GET", "https://example.com/").prepare(), timeout=3)
