from http import HTTPStatus

from fastapi import Depends, FastAPI, Security
from fastapi.security.api_key import APIKeyHeader

app = FastAPI()
header = APIKeyHeader(name="X-Key", auto_error=False)


class ApiError(Exception):
    def __init__(self, message, http_status_code=HTTPStatus.BAD_REQUEST):
        self.message = message
        self.http_status_code = http_status_code


def client_of(api_key=Security(header)):
    client = query(Client).filter(Client.api_key == api_key).first()
    if api_key and client:
        return client
    raise ApiError("who are you?", http_status_code=HTTPStatus.FORBIDDEN)


def page_of(number: int = 0):
    if number < 0:
        raise ApiError("no such page", http_status_code=HTTPStatus.NOT_FOUND)
    return number


@app.get("/letters")
def letters(client=Depends(client_of)):
    return letters_of(client)


@app.get("/news")
def news(page=Depends(page_of)):
    return news_on(page)
