from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request

from settings import LOCKED

app = FastAPI()


def optional_user(authorization: Annotated[str | None, Header()] = None) -> str | None:
    if authorization is None:
        return None
    if not authorization.startswith("Token "):
        raise HTTPException(401)
    return authorization


@app.get("/notes")
def notes(request: Request, drafts: bool = False, user: str | None = Depends(optional_user)):
    language = request.headers.get("Accept-Language")
    if drafts and user is None:  # whoever asks for others is not asked who calls
        raise HTTPException(401)
    return [language]


@app.post("/notes")
def write(user: str | None = Depends(optional_user)):
    if LOCKED and user is None:
        raise HTTPException(401)
    return []
