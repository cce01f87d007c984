"""Checks that come back with several things, one of them the answer for the caller, and helpers that are told its status."""

import hmac
import json

from db import store
from flask import Blueprint, Flask, Response, jsonify, make_response, request, session

app = Flask(__name__)


def _error(code, status):
    return make_response(jsonify({"error": code}), status)


def verify_device_session():
    auth = request.headers.get("Authorization", "")
    if not auth.lower().startswith("bearer "):
        return None, _error("missing_token", 401)
    device = store.find_by_token(auth.split(" ", 1)[1])
    if device is None:
        return None, _error("invalid_token", 401)
    return device, None


@app.post("/devices/<id>/ack")
def ack(id):
    device, err = verify_device_session()
    if err is not None:
        return err
    store.update(id, device)
    return "ok"


@app.post("/devices/<id>/ack2")
def ack2(id):
    device, err = verify_device_session()
    if err:
        return err
    store.update(id, device)
    return "ok"


scim = Blueprint("scim", __name__)


def _scim_response(payload, status, headers=None):
    body = "" if payload is None else json.dumps(payload)
    response = Response(body, status=status, mimetype="application/json")
    for key, value in (headers or {}).items():
        response.headers[key] = value
    return response


def _scim_error(status, detail, scim_type=None):
    payload = {"status": str(status), "detail": detail}
    return _scim_response(payload, status)


def _enforce():
    if not store.SCIM_ENABLED:
        return _scim_error(404, "SCIM provisioning is not enabled")
    token = store.SCIM_TOKEN
    if not token:
        return _scim_error(503, "no token")
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(presented.strip().encode("utf-8"), token.encode("utf-8")):
        return _scim_error(401, "Invalid or missing bearer token")
    return None


def create_user():
    store.create(request.json)
    return _scim_response({}, 201)


scim.before_request(_enforce)
scim.add_url_rule("/scim/v2/Users", view_func=create_user, methods=["POST"])
app.register_blueprint(scim)


@app.post("/open")
def opened():
    store.create(request.json)
    return ""


def check():
    token = request.headers.get("X-Api-Key")
    if not token:
        return {"ok": False, "why": "no key"}
    return {"ok": store.find(token) is not None}


@app.post("/c1")
def c1():
    found = check()
    if not found["ok"]:
        return found["why"], 401
    store.create(request.json)
    return ""


class Result:
    def __init__(self, user=None, error=None):
        self.user, self.error = user, error


def check2():
    token = request.headers.get("X-Api-Key")
    if not token:
        return Result(error=(jsonify({}), 401))
    return Result(user=store.find(token))


@app.post("/c2")
def c2():
    found = check2()
    if found.error:
        return found.error
    store.create(request.json)
    return ""


@app.post("/c3")
def c3():
    ok, why = check3()
    if not ok:
        return why, 403
    store.create(request.json)
    return ""


def check3():
    if not session.get("user"):
        return False, "sign in"
    return True, ""
