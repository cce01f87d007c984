from fastapi import Depends, FastAPI, Query, WebSocket, WebSocketException, status, Cookie

app = FastAPI()


async def get_token(websocket: WebSocket, session: str | None = Cookie(default=None), token: str | None = Query(default=None)):
    if session is None and token is None:
        raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION)
    return session or token


@app.websocket("/ws/a")
async def a(websocket: WebSocket, who=Depends(get_token)):
    await websocket.accept()


@app.websocket("/ws/b")
async def b(websocket: WebSocket):
    user = await user_of(websocket.cookies.get("session"))
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()


@app.websocket("/ws/c")
async def c(websocket: WebSocket, token: str = Query(...)):
    user = await get_user_from_token(token)
    if not user:
        await websocket.close(code=4401)
        return
    await websocket.accept()
    await websocket.receive_text()


@app.websocket("/ws/d")
async def d(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("x")


@app.websocket("/ws/e")
async def e(websocket: WebSocket):
    await websocket.accept()
    token = websocket.headers.get("authorization")
    if not token:
        await websocket.close()
        return
    await websocket.send_text("x")


@app.websocket("/ws/f")
async def f(websocket: WebSocket):
    try:
        user = decode_token(websocket.query_params["token"])
    except Exception:
        await websocket.close(code=status.WS_1008_POLICY_VIOLATION)
        return
    await websocket.accept()


class Manager:
    async def connect(self, websocket: WebSocket):
        await websocket.accept()


manager = Manager()


@app.websocket("/ws/g/{user_id}")
async def g(websocket: WebSocket, user_id: str):
    if user_id not in rooms:
        await websocket.close()
        return
    await manager.connect(websocket)


@app.websocket("/ws/h")
async def h(websocket: WebSocket):
    if "authorization" not in websocket.headers:
        return await websocket.close(code=4401)
    await manager.connect(websocket)


@app.websocket("/ws/i")
async def i(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("bye")
    await websocket.close()
