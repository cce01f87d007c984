# Libraries that fill objects of a class from text or mappings: each field is what its declaration lets through.
import json
import os
from dataclasses import dataclass

import cattrs
import dacite
import msgspec
from aiohttp import web
from dataclasses_json import DataClassJsonMixin
from mashumaro.mixins.orjson import DataClassORJSONMixin
from pydantic import BaseModel


class Order(BaseModel):
    note: str
    count: int


@dataclass
class Command(DataClassORJSONMixin):
    name: str
    number: int
    args: dict[str, str] | None = None


@dataclass
class Mail(DataClassJsonMixin):
    subject: str


class Packed(msgspec.Struct):
    name: str
    number: int


@dataclass
class Plain:
    name: str
    number: int


async def orders(request: web.Request) -> web.Response:
    text = await request.text()
    order = Order.model_validate_json(text)
    os.system(order.note)  # $ command-injection
    os.system(f"echo {order.count}")
    os.system(Order.model_validate(await request.json()).note)  # $ command-injection
    os.system(Order.model_validate({"note": "a", "count": 1}).note)
    os.system(Mail.from_json(text).subject)  # $ command-injection
    packed = msgspec.json.decode(text, type=Packed)
    os.system(packed.name)  # $ command-injection
    os.system(f"echo {packed.number}")
    plain = dacite.from_dict(data_class=Plain, data=json.loads(text))
    os.system(plain.name)  # $ command-injection
    os.system(f"echo {plain.number}")
    os.system(cattrs.structure(json.loads(text), Plain).name)  # $ command-injection
    return web.Response()


async def commands(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    message = await socket.receive()
    command = Command.from_json(message.data)
    os.system(command.name)  # $ command-injection
    os.system(f"echo {command.number}")
    os.system(command.args["name"])  # $ command-injection
    return socket


app = web.Application()
app.router.add_post("/orders", orders)
app.router.add_get("/commands", commands)
