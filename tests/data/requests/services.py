import socketserver

import orders_pb2_grpc
import requests
import socketio
from channels.generic.websocket import AsyncJsonWebsocketConsumer, WebsocketConsumer
from fastmcp import Context, FastMCP
from flask_socketio import Namespace, SocketIO
from mcp.server import Server
from spyne import Integer, ServiceBase, Unicode, rpc

mcp = FastMCP("orders")
low = Server("orders")
sockets = SocketIO()
server = socketio.AsyncServer(async_mode="asgi")


@mcp.tool
async def order(ctx: Context, url: str, number: int) -> str:
    requests.get(f"https://{number}", timeout=1)
    requests.get(ctx.url, timeout=1)
    return requests.get(url, timeout=1).text  # $ alert


@mcp.resource("orders://{host}")
def resource(host: str) -> str:
    return requests.get(host, timeout=1).text  # $ alert


@low.call_tool()
async def call(name: str, arguments: dict):
    return requests.get(arguments["url"], timeout=1).text  # $ alert


@low.list_tools()
async def tools(name):
    return requests.get(name, timeout=1).text


@sockets.on("order")
def ordered(data):
    requests.get(data["url"], timeout=1)  # $ alert


@server.event
async def ship(sid, data):
    requests.get(sid, timeout=1)
    requests.get(data["url"], timeout=1)  # $ alert


class Orders(Namespace):
    def on_order(self, data):
        requests.get(data, timeout=1)  # $ alert

    def order(self, data):
        requests.get(data, timeout=1)


class OrdersService(orders_pb2_grpc.OrdersServicer):
    def Ship(self, request, context):
        requests.get(request.url, timeout=1)  # $ alert
        requests.get(context.peer(), timeout=1)

    def Watch(self, request_iterator, context):
        for one in request_iterator:
            requests.get(one.url, timeout=1)  # $ alert

    def helper(self, request):
        requests.get(request.url, timeout=1)


class Soap(ServiceBase):
    @rpc(Unicode, Integer, _returns=Unicode)
    def order(ctx, url, number):
        return requests.get(url, timeout=1).text  # $ alert


class Chat(WebsocketConsumer):
    def receive(self, text_data=None, bytes_data=None):
        requests.get(text_data, timeout=1)  # $ alert
        requests.get(self.scope["url_route"]["kwargs"]["host"], timeout=1)  # $ alert
        requests.get(self.scope["user"].homepage, timeout=1)

    def chat_message(self, event):
        requests.get(event["url"], timeout=1)


class JsonChat(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        requests.get(content["url"], timeout=1)  # $ alert


class Line(socketserver.StreamRequestHandler):
    def handle(self):
        requests.get(self.request.recv(64).decode(), timeout=1)  # $ alert
        requests.get(self.client_address[0], timeout=1)


def wsgi(environ, start_response):
    requests.get(environ["QUERY_STRING"], timeout=1)  # $ alert
    requests.get(environ["wsgi.input"].read().decode(), timeout=1)  # $ alert
    requests.get(environ["SERVER_NAME"], timeout=1)


async def asgi(scope, receive, send):
    requests.get(scope["query_string"].decode(), timeout=1)  # $ alert
    requests.get(scope["server"][0], timeout=1)
    message = await receive()
    requests.get(message["body"].decode(), timeout=1)  # $ alert
