"""What decorated functions give and throw, in the function that a decorator puts around them."""

import functools
import os

from fastapi import FastAPI, Request

app = FastAPI()


class Refused(ValueError):
    pass


class Missing(KeyError):
    pass


def told(view):
    @functools.wraps(view)
    def inner(*args, **kwargs):
        try:
            return view(*args, **kwargs)
        except Refused as error:
            message = str(error)
            os.system(message)  # $ alert
        except Missing as error:
            os.system(str(error))
        return None

    return inner


@app.get("/refusing")
@told
def refusing(request: Request):
    raise Refused("no " + request.query_params["q"])


@app.get("/length")
@told
def telling_a_length(request: Request):
    raise Missing(f"{len(request.query_params['q'])} letters")


def ran(status):
    def decorate(view):
        def inner(request):
            os.system(view(request))  # $ alert
            return status

        return inner

    return decorate


@ran(200)
def command(request: Request):
    return "ls " + request.query_params["folder"]


def ran_as_it_is(view):
    def inner(request):
        os.system(view(request))

    return inner


@ran_as_it_is
def fixed_command(request: Request):
    return "ls " + {"a": "b"}[request.query_params["folder"]]


def quiet(view):
    def inner(request):
        try:
            view(request)
        except Refused as error:
            os.system(error.__class__.__name__)

    return inner


@app.get("/quiet")
@quiet
def refused_quietly(request: Request):
    raise Refused("no " + request.query_params["q"])
