"""Handlers that send away whoever the session does not know, to any page; call-backs by which an identity provider signs in."""

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template, request, session, url_for
from flask_login import current_user

app = Flask(__name__)
google = OAuth(app).register("google")


@app.route("/")
def home():
    return redirect(url_for("orders"))


@app.route("/first", methods=["GET", "POST"])
def first():
    if "new_user_id" not in session:
        return redirect(url_for("home"))
    return render_template("first.html", user=session["new_user_id"])


@app.route("/orders")
def orders():
    user = session.get("user")
    if not user or not user.active:
        return redirect("/")
    return render_template("orders.html")


@app.route("/mine")
def mine():
    if current_user.is_authenticated:
        return render_template("mine.html")
    else:
        return redirect(url_for("home"))


@app.route("/basket")
def basket():
    if "items" not in session:
        return redirect(url_for("home"))
    return render_template("basket.html")


@app.route("/shop")
def shop():
    if session.get("user"):
        return redirect(url_for("orders"))
    return render_template("shop.html")


@app.route("/code/done")
def done():
    token = google.authorize_access_token()
    if token is None:
        return render_template("400.html", reason=request.args.get("error")), 400
    session["google"] = token
    return redirect(url_for("login"))


@app.route("/login")
def login():
    return render_template("login.html")
