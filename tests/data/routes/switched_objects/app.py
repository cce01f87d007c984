"""Guards that are objects, which a switch of their making lets everybody through."""

from fastapi import Depends, FastAPI, HTTPException, Request

from club.users import user_of

app = FastAPI()


class Login:
    def __init__(self, enforce: bool = True, loud: bool = False):
        self._enforce = enforce
        self._loud = loud

    async def __call__(self, request: Request):
        user = user_of(request.headers.get("Authorization"))
        if self._loud:
            print(user)
        if self._enforce:
            if user is None:
                raise HTTPException(401)
        return user


@app.get("/optional")
async def optional(user=Depends(Login(enforce=False))):
    return {}


@app.get("/asked")
async def asked(user=Depends(Login(enforce=True))):
    return {}


@app.get("/loud")
async def loud(user=Depends(Login(loud=False))):
    return {}
