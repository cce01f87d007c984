import requests
from sanic import Sanic, html
from sanic.response import redirect
app = Sanic("x")
@app.get("/a/<name>")
async def a(request, name):
    requests.get(request.args.get("u"), timeout=1)  # $ alert
    requests.get(request.json["u"], timeout=1)  # $ alert
    return html("<p>" + name)  # $ alert
