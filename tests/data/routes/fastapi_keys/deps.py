from http import HTTPStatus

from fastapi import Depends, HTTPException, Request
from fastapi.security.api_key import APIKeyHeader

key_header = APIKeyHeader(name="X-API-Key", auto_error=False)


class Limiter:
    def __init__(self, times, kinds):
        self.times = times
        self.kinds = kinds

    async def __call__(self, request: Request):
        request.state.limited = self.times


def get_key(key: str = Depends(key_header)):
    return key


def key_auth(api_key, db):
    if api_key:
        client = db.query(Client).filter(Client.api_key == api_key).first()
        if client is not None and client.enabled:
            return client
    raise HTTPException(HTTPStatus.FORBIDDEN, "no such key")


def get_client(api_key: str = Depends(get_key)):
    return key_auth(api_key, database)


def get_trusted_client(api_key: str = Depends(get_key)):
    client = key_auth(api_key, database)
    if not client.trusted:
        raise HTTPException(HTTPStatus.FORBIDDEN, "not trusted")
    return client
