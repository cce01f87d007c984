import requests
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlparse, parse_qs
import websockets
class H(BaseHTTPRequestHandler):
    def do_GET(self):
        q = parse_qs(urlparse(self.path).query)
        requests.get(q["u"][0], timeout=1)  # $ alert
        self.wfile.write(b"<p>" + q["x"][0].encode())
async def h(websocket: websockets.WebSocketServerProtocol):
    m = await websocket.recv()
    requests.get(m, timeout=1)  # $ alert
    async for m2 in websocket:
        requests.get(m2, timeout=1)  # $ alert
