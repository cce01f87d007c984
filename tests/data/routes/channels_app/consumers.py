from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer, JsonWebsocketConsumer
from django.contrib.auth.models import AnonymousUser


class Chat(AsyncWebsocketConsumer):
    async def connect(self):
        self.user = self.scope["user"]
        if self.user.is_anonymous:
            await self.close(code=4401)
            return
        await self.accept()

    async def receive(self, text_data):
        await self.send(text_data)


class Notices(AsyncJsonWebsocketConsumer):
    async def connect(self):
        if self.scope["user"] == AnonymousUser():
            raise DenyConnection("log in")
        await self.accept()


class Open(AsyncWebsocketConsumer):
    async def connect(self):
        self.room = self.scope["url_route"]["kwargs"]
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()


class Plain(JsonWebsocketConsumer):
    def receive_json(self, content):
        self.send_json(content)


class Closing(JsonWebsocketConsumer):
    def connect(self):
        self.accept()
        if not self.scope["user"].is_authenticated:
            self.close()

    def receive_json(self, content):
        self.send_json(content)


class Late(JsonWebsocketConsumer):
    def connect(self):
        if self.scope["user"].is_authenticated:
            self.greeting = "hello"
        self.accept()


class Keys(AsyncJsonWebsocketConsumer):
    async def connect(self):
        try:
            await self.check_token(self.scope["query_string"])
        except Exception:
            await self.close()
            return
        await self.accept()

    async def check_token(self, query):
        if query != self.expected:
            raise ValueError("wrong token")


class Asking:
    def connect(self):
        if self.permitted():
            return super().connect()
        return self.close()


class Staff(Asking, JsonWebsocketConsumer):
    def permitted(self):
        return self.scope["user"].is_staff


class Members(Staff):
    def permitted(self):
        return self.scope.get("user").is_authenticated


class Helped(JsonWebsocketConsumer):
    def connect(self):
        if isinstance(self.scope["user"], AnonymousUser):
            return self.refuse()
        return self.let_in()

    def let_in(self):
        self.accept()

    def refuse(self):
        self.close()


class Messages(JsonWebsocketConsumer):
    def receive_json(self, content):
        if not self.scope["user"].is_authenticated:
            return
        self.send_json(content)


class Seated(JsonWebsocketConsumer):
    def connect(self):
        self.seat = self.scope["session"]["_auth_user_id"]
        self.accept()
