# Functions that call functions for others: with what they are given, and what comes of it.
import concurrent.futures
import contextvars
import functools
import multiprocessing
import os
import threading

import anyio
import joblib
import tenacity
from asgiref.sync import async_to_sync, sync_to_async
from channels.db import database_sync_to_async
from django.core.cache import cache
from django_q.tasks import async_task
from fastapi import FastAPI
from flask import Flask, request
from twisted.internet.threads import deferToThread

app = Flask(__name__)
api = FastAPI()


def mapped(command):
    os.system(command)  # $ command-injection


def applied(command, option):
    os.system(command)  # $ command-injection


def starred(number, command):
    os.system(command)  # $ command-injection


def scoped(command):
    os.system(command)  # $ command-injection


def bridged(command):
    os.system(command)  # $ command-injection


def parallel(command):
    os.system(command)  # $ command-injection


def retried(command):
    os.system(command)  # $ command-injection


def deferred(command):
    os.system(command)  # $ command-injection


def queued(command):
    os.system(command)  # $ command-injection


def timed(delay, command):
    os.system(command)  # $ command-injection


def chosen(command):
    return os.system(command)  # $ command-injection


def sorted_by(command):
    return os.system(command)  # $ command-injection


def option(command):
    os.system("ls " + command)


@app.get("/run")
def run():
    command = request.args["command"]
    with multiprocessing.Pool() as pool:
        pool.map(mapped, [command])
        pool.apply_async(applied, (command, "x"))
        pool.starmap(starred, [(1, command)])
        pool.apply(option, ("ls",), {})
    contextvars.copy_context().run(scoped, command)
    async_to_sync(bridged)(command)
    joblib.Parallel(2)(joblib.delayed(parallel)(one) for one in [command])
    tenacity.Retrying()(retried, command)
    deferToThread(deferred, command)
    async_task(queued, command)
    threading.Timer(3, timed, [3, command]).start()
    list(filter(chosen, [command]))
    sorted([command], key=sorted_by)
    os.system(cache.get_or_set("command", lambda: command))  # $ command-injection
    os.system(cache.get_or_set("command", lambda: "ls"))
    os.system(tenacity.Retrying()(lambda: command))  # $ command-injection
    return ""


def in_thread(command):
    os.system(command)  # $ command-injection


def in_database(command):
    os.system(command)  # $ command-injection


def started(command):
    os.system(command)  # $ command-injection


@api.get("/run")
async def run_async(command: str):
    await sync_to_async(in_thread)(command)
    await database_sync_to_async(in_database)(command)
    async with anyio.create_task_group() as group:
        group.start_soon(started, command)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        os.system(pool.submit(functools.partial(str, command)).result())  # $ command-injection
    return {}
