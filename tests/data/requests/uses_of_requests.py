import json, re, logging
import requests, httpx, aiohttp, urllib.request, urllib3, pycurl, feedparser, boto3
import pandas as pd
from flask import Flask, request, redirect, make_response, Response, session, g, render_template_string
from markupsafe import Markup, escape
from playwright.sync_api import sync_playwright
from selenium import webdriver
app = Flask(__name__)
BASE = "https://api.example.com"
@app.route("/a")
def a():
    u = request.args["u"]
    with httpx.Client() as c:
        c.get(u)  # $ alert
    urllib.request.urlopen(u, timeout=1)  # $ alert
    urllib.request.Request(u)  # $ alert
    http = urllib3.PoolManager()
    http.request("GET", u)  # $ alert
    c = pycurl.Curl()
    c.setopt(c.URL, u)  # $ alert
    feedparser.parse(u)  # $ alert
    boto3.client("s3", endpoint_url=u)  # $ alert
    pd.read_html(u)  # $ alert
    s = requests.Session()
    s.post(url=u, timeout=1)  # $ alert
    d = webdriver.Chrome()
    d.get(u)  # $ alert
    with sync_playwright() as p:
        page = p.chromium.launch().new_page()
        page.goto(u)  # $ alert
    requests.get(BASE + "/x/" + u, timeout=1)  # $ alert
    requests.get(BASE, params={"q": u}, timeout=1)
    requests.get("https://x.com", headers={"A": u}, timeout=1)
    requests.get("https://{}/x".format(u), timeout=1)  # $ alert
    requests.get("https://example.com/%s" % int(u), timeout=1)
    requests.get(urllib.parse.urljoin("https://a.b/", u), timeout=1)  # $ alert
@app.route("/b")
def b():
    n = request.args.get("n")
    if n not in ("a", "b"):
        return "x"
    requests.get("https://x.com/" + n, timeout=1)
    return redirect("/" + request.args["p"])  # $ alert
@app.route("/c")
def c():
    resp = redirect("/users/%s" % request.args["p"])
    resp.headers["Location"] = request.args["l"]  # $ alert
    return resp
@app.route("/d")
def d():
    name = request.args["n"]
    return Markup("<b>%s</b>") % name
@app.route("/e")
def e():
    return Markup("<b>" + request.args["n"])  # $ alert
@app.route("/f")
def f():
    return json.dumps({"a": request.args["n"]}), 200, {"Content-Type": "application/json"}
@app.route("/g")
def gg():
    return escape(request.args["n"]) + "<br>"
@app.errorhandler(404)
def nf(e):
    return "not found: " + request.url, 404  # $ alert
@app.route("/h")
def h():
    r = Response("x" + request.args["n"], content_type="text/html")  # $ alert
    return r
@app.route("/i")
def i():
    def gen():
        yield "x" + request.args["n"]
    return Response(gen())  # $ alert
@app.route("/j")
def j():
    x = request.args.get("n", type=int)
    return f"{x}"
@app.route("/k")
async def k():
    async with aiohttp.ClientSession() as s:
        async with s.request("GET", request.args["n"]) as r:  # $ alert
            return await r.json()
@app.before_request
def before():
    g.u = request.args.get("u")
@app.route("/l")
def l():
    requests.get(g.u, timeout=1)  # $ alert
class Client:
    def __init__(self, base):
        self.base = base
    def fetch(self, path):
        return requests.get(self.base + path, timeout=1)  # $ alert
@app.route("/m")
def m():
    return Client(request.args["b"]).fetch("/x").json()
