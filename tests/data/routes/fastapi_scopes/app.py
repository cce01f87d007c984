"""What guards are told to ask for."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Security

app = FastAPI()


def require_role(role):
    def guard(request: Request):
        if request.session.get("role") != role:
            raise HTTPException(403)

    return guard


def current_user(request: Request):
    if not request.session.get("user"):
        raise HTTPException(401)


@app.get("/reports", dependencies=[Depends(require_role("auditor"))])
def reports():
    return []


@app.get("/me")
def me(user=Security(current_user, scopes=["me", "items"])):
    return user


@app.get("/pages")
def pages(user: Annotated[str, Depends(require_role("editor"))]):
    return user
