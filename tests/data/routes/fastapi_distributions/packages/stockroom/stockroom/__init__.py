from fastapi import HTTPException, Request


def keeper(request: Request):
    if request.headers.get("Authorization") is None:
        raise HTTPException(401)
