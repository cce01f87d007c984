import requests, httpx
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID
from fastapi import FastAPI, Query, Header, Form, Body, Request, WebSocket, UploadFile, APIRouter, Depends
from fastapi.responses import RedirectResponse, HTMLResponse, StreamingResponse
from pydantic import BaseModel, HttpUrl, EmailStr, Field
app = FastAPI()
class K(str, Enum):
    A = "a"
class Item(BaseModel):
    url: str
    link: HttpUrl
    n: int
    k: K
    l: Literal["a", "b"]
    u: UUID
    pat: str = Field(pattern="^[a-z]+$")
class P:
    def __init__(self, q: str, n: int = 0):
        self.q = q
        self.n = n
def dep(u: str = Query()):
    return u
@app.post("/a")
def a(item: Item, h: str = Header(), f: Annotated[str, Form()] = "", p: Annotated[str, Query(pattern="^[a-z]+$")] = "", k: K = K.A):
    requests.get(item.url, timeout=1)  # $ alert
    requests.get(str(item.link), timeout=1)  # $ alert
    requests.get(f"https://{item.n}", timeout=1)
    requests.get(f"https://{item.k.value}", timeout=1)
    requests.get(f"https://{item.l}", timeout=1)
    requests.get(f"https://{item.u}", timeout=1)
    requests.get(f"https://{item.pat}", timeout=1)
    requests.get(h, timeout=1)  # $ alert
    requests.get(f, timeout=1)  # $ alert
    requests.get(f"https://{p}", timeout=1)
    requests.get(f"https://{k.value}", timeout=1)
@app.post("/b")
async def b(request: Request, file: UploadFile, u=Depends(dep), pp: P = Depends()):
    requests.get((await request.json())["u"], timeout=1)  # $ alert
    requests.get(file.filename, timeout=1)  # $ alert
    requests.get(u, timeout=1)  # $ alert
    requests.get(pp.q, timeout=1)  # $ alert
    return RedirectResponse(url=request.query_params["n"])  # $ alert
@app.websocket("/w")
async def w(ws: WebSocket):
    requests.get(await ws.receive_text(), timeout=1)  # $ alert
