import json

import azure.functions as func
import functions_framework
import requests
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from chalice import Chalice
from firebase_functions import https_fn

app = Chalice(app_name="shop")
resolver = APIGatewayHttpResolver()
functions = func.FunctionApp()


def lambda_handler(event, context):
    requests.get(event["queryStringParameters"]["url"], timeout=1)  # $ alert
    requests.get(json.loads(event.get("body"))["url"], timeout=1)  # $ alert
    requests.get(event["requestContext"]["authorizer"]["claims"]["url"], timeout=1)
    requests.get(event["Records"][0]["url"], timeout=1)  # $ guess
    requests.get(context.function_url, timeout=1)


def on_event(event, kind):
    requests.get(event["body"], timeout=1)


@app.route("/pages/{name}", methods=["POST"])
def page(name):
    requests.get(name, timeout=1)  # $ alert
    requests.get(app.current_request.json_body["url"], timeout=1)  # $ alert
    requests.get(app.current_request.context["url"], timeout=1)


@resolver.get("/pages/<name>")
def pages(name: str, number: int):
    requests.get(name, timeout=1)  # $ alert
    requests.get(f"https://{number}", timeout=1)
    requests.get(resolver.current_event.get_query_string_value("url"), timeout=1)  # $ alert


@functions.route(route="pages")
def pages_of_azure(req):
    requests.get(req.params["url"], timeout=1)  # $ alert
    requests.get(req.method, timeout=1)


def main(req: func.HttpRequest):
    requests.get(req.get_json()["url"], timeout=1)  # $ alert


@functions_framework.http
def function(request):
    requests.get(request.args["url"], timeout=1)  # $ alert


@https_fn.on_call()
def called(req: https_fn.CallableRequest):
    requests.get(req.data["url"], timeout=1)  # $ alert
    requests.get(req.auth.uid, timeout=1)


def handler(event, _):
    params = event.get("queryStringParameters") or {}
    requests.get(params.get("url"), timeout=1)  # $ alert
