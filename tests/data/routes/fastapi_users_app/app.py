from fastapi import Depends, FastAPI
from fastapi_users import FastAPIUsers

from somewhere import User, backend, get_manager

users = FastAPIUsers[User, int](get_manager, [backend])
current = users.current_user(active=True)
anybody = users.current_user(optional=True)
boss = users.current_user(active=True, superuser=True)
app = FastAPI()


async def member(user: User = Depends(current)):
    return user


@app.get("/a")
async def a(user=Depends(current)):
    return 1


@app.get("/b")
async def b(user=Depends(anybody)):
    return 1


@app.get("/c")
async def c(user=Depends(boss)):
    return 1


@app.get("/d")
async def d(user=Depends(member)):
    return 1


@app.get("/e")
async def e():
    return 1


