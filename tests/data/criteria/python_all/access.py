"""Who calls."""

import datetime as dt

import hvac
import jwt
from authlib.integrations.starlette_client import OAuth
from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from passlib.context import CryptContext

bearer = OAuth2PasswordBearer(tokenUrl="token")
passwords = CryptContext(schemes=["argon2"])
oauth = OAuth()
vault = hvac.Client(url="https://vault.internal")
KEY = vault.secrets.kv.read_secret("jwt")


def sign(user: str) -> str:
    return jwt.encode({"sub": user, "exp": dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)}, KEY, algorithm="HS256")


def rotate_api_keys() -> None:
    vault.secrets.kv.write("jwt")


def tick() -> None:
    rotate_api_keys()


def current_user(token: str = Depends(bearer)):
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "Not signed in") from error


def require_role(role: str):
    def guard(user=Depends(current_user)):
        if user.role != role:
            raise HTTPException(403, "Not allowed")
        return user

    return guard


def tenant_of(request: Request) -> str:
    return current_user(request.headers["authorization"]).tenant_id


def is_blocked(address: str) -> bool:
    return check_ip_blocked(address)


def check_ip_blocked(address: str) -> bool:
    return address == "192.0.2.1"
