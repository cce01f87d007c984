from fastapi import Depends, FastAPI, HTTPException, Request

EXEMPT_PATHS = {"/config", "/profile", "/login"}
EXEMPT_PREFIXES = ("/vod/", "/media/")


def require_admin_by_default():
    async def admin_checker(request: Request):
        path = request.url.path
        if path in EXEMPT_PATHS:
            return
        if path.startswith(EXEMPT_PREFIXES):
            return
        role = request.headers.get("remote-role")
        if role == "admin":
            return
        raise HTTPException(status_code=403, detail="Access denied")

    return admin_checker


app = FastAPI(dependencies=[Depends(require_admin_by_default())])


@app.get("/config")
def config():
    return {}


@app.put("/config/set")
def config_set(body: dict):
    return {}


@app.post("/vod/{name}")
def vod(name: str):
    return {}


@app.delete("/users/{name}")
def users(name: str):
    return {}
