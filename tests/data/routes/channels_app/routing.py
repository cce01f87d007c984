from channels.generic.http import AsyncHttpConsumer
from channels.routing import URLRouter
from django_loci.channels.base import BaseLocationBroadcast
from django.urls import path, re_path

from consumers import Chat, Closing, Helped, Keys, Late, Members, Messages, Notices, Open, Plain, Seated, Staff
from middleware import Keyed


class Feed(AsyncHttpConsumer):
    async def handle(self, body):
        await self.send_response(200, b"")


class Place(BaseLocationBroadcast):
    pass


inner = [path("staff/", Staff.as_asgi()), re_path(r"^members/(?P<room>\w+)/$", Members.as_asgi())]
websocket_urlpatterns = [
    path("ws/chat/<str:room>/", Chat.as_asgi()),
    path("ws/notices/", Notices.as_asgi()),
    path("ws/open/", Open.as_asgi()),
    path("ws/plain/", Plain.as_asgi()),
    path("ws/closing/", Closing.as_asgi()),
    path("ws/late/", Late.as_asgi()),
    path("ws/keys/", Keys.as_asgi()),
    path("ws/helped/", Helped.as_asgi()),
    path("ws/messages/", Messages.as_asgi()),
    path("ws/keyed/", Keyed(Open.as_asgi())),
    path("ws/inner/", URLRouter(inner)),
    path("ws/seated/", Seated.as_asgi()),
    path("ws/place/", Place.as_asgi()),
    path("feed/", Feed.as_asgi()),
]
