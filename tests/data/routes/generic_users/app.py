"""A class of the project's own with type parameters, around a library's that makes guards."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from fastapi_users import FastAPIUsers, models

from club.users import User, auth_backend, get_user_manager

app = FastAPI()


class Users(FastAPIUsers[models.UP, models.ID]):
    def get_logout_router(self):
        return APIRouter()


users = Users[User, uuid.UUID](get_user_manager, [auth_backend])
current_user = users.current_user(active=True)
maybe_user = users.current_user(active=True, optional=True)


async def member_only(user: Annotated[User, Depends(current_user)]):
    return user


@app.post("/members")
def add(user=Depends(member_only)):
    return {}


@app.get("/members")
def members(user=Depends(maybe_user)):
    return {}
