from flask import Flask, request
import bleach
import libtaxii.clients
import markdown
from twisted.web.client import Agent

app = Flask(__name__)


@app.route("/note")
def note():
    text = request.args.get("text")
    if request.args.get("clean"):
        return bleach.clean(markdown.markdown(text))
    return markdown.markdown(text)  # $ alert


@app.route("/moved")
def moved():
    return "", 302, {"Location": request.args.get("to")}  # $ alert


@app.route("/below")
def below():
    return "", 302, {"Location": "/orders/" + request.args.get("to")}


@app.route("/asked")
def asked():
    host = request.args.get("host")
    Agent(None).request(b"GET", host.encode())  # $ alert
    libtaxii.clients.HttpClient().call_taxii_service2(host, "/poll", "v", "m")  # $ alert
    libtaxii.clients.HttpClient().call_taxii_service2("example.com", "/poll", "v", host)
    return "x"
