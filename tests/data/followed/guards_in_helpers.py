"""Tests that stand in a function of their own: given as it is, waited for, or made in a thread."""

import asyncio
import os
import re

from asgiref.sync import sync_to_async
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()
DIGEST = re.compile(r"^[0-9a-f]{32}$")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def matched(text):
    return DIGEST.match(text)


def told(text):
    found = DIGEST.match(text)
    if not found or ".." in text:
        print("no digest")
    return found


def compiled(text):
    pattern = re.compile(r"^[0-9a-f]{32}$")
    return bool(re.match(pattern, text))


def chosen(text):
    return True if DIGEST.match(text) else False


def begins(text):
    return bool(re.match(r"[0-9a-f]{32}", text))


def letters(text):
    return all(c in LETTERS for c in text)


def words(text):
    return not any(not c.isalnum() and c not in "_" for c in text)


def inside(text):
    return set(text) <= set(LETTERS)


def signs(text):
    return all(c.isalnum() or c in "_;" for c in text)


@app.get("/tested")
def tested(text: str):
    for test in ("one",):
        if matched(text):
            os.system(text)
        if told(text):
            os.system(text)
        if compiled(text):
            os.system(text)
        if chosen(text):
            os.system(text)
        if letters(text):
            os.system(text)
        if words(text):
            os.system(text)
        if inside(text):
            os.system(text)
        if text in LETTERS:
            os.system(text)
        os.system(test)


@app.get("/open")
def not_tested(text: str, other: str):
    if not matched(text):
        os.system(text)  # $ alert
    if matched(other):
        os.system(text)  # $ alert
    if begins(text):
        os.system(text)  # $ alert
    if signs(text):
        os.system(text)  # $ alert
    if text in "; |":
        os.system(text)  # $ alert
    if DIGEST.match(text.split("/")[-1]):
        os.system(text)  # $ alert


async def waited(text):
    return bool(DIGEST.match(text))


async def refuse(text):
    if not DIGEST.match(text):
        raise ValueError(text)


def refused(text):
    if not DIGEST.match(text):
        raise ValueError(text)


def run(text):
    os.system(text)  # $ alert


@app.get("/waited")
async def of_a_coroutine(text: str):
    if await waited(text):
        os.system(text)
    if not await waited(text):
        os.system(text)  # $ alert
    await refuse(text)
    os.system(text)


@app.get("/kept")
async def kept(text: str):
    done = await refuse(text)
    os.system(text + str(done))


@app.get("/threads")
async def in_threads(text: str):
    if await asyncio.to_thread(matched, text):
        os.system(text)
    ok = await run_in_threadpool(matched, text)
    if ok:
        os.system(text)
    await sync_to_async(run)(text)
    await asyncio.to_thread(refused, text)
    os.system(text)


@app.get("/loop")
async def in_a_loop(text: str, other: str):
    await asyncio.get_running_loop().run_in_executor(None, refused, text)
    os.system(text)
    await sync_to_async(refused)(other)
    os.system(other)


@app.get("/others")
async def of_another(text: str, other: str):
    await asyncio.to_thread(refused, other)
    os.system(text)  # $ alert
    await sync_to_async(refused)(other)
    os.system(text)  # $ alert
