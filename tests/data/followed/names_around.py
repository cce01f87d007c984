import functools
import os

from flask import Flask, request

app = Flask(__name__)


def made(command):
    def run():
        os.system(command)  # $ alert

    return run


def made_with_more(command):
    def run(more):
        os.system(command + more)  # $ alert

    return run


def made_harmless(command):
    def run():
        os.system("ls")

    return len(command) and run


def held(command):
    def give():
        return command

    return give


def made_class(command):
    class Runner:
        def run(self):
            os.system(command)  # $ alert

    return Runner()


def counted():
    last = "ls"

    def remember(command):
        nonlocal last
        last = command

    def run():
        os.system(last)  # $ alert

    return remember, run


LAST = None
FIRST = None
STATE = {}
FIXED = {}


def remember(command):
    global LAST
    LAST = command


def remember_length(command):
    global FIRST
    FIRST = len(command)


def run_last():
    os.system(LAST)  # $ alert
    os.system(f"kill {FIRST}")


def put(key, command):
    STATE[key] = command


def put_fixed(key, command):
    FIXED[key] = "ls"


def run_state():
    os.system(STATE["command"])  # $ alert
    os.system(FIXED["command"])


class Settings:
    current = None
    default = "ls"


def run_settings():
    os.system(Settings.current)  # $ alert
    os.system(Settings.default)


HANDLERS = {}
HOOKS = []
NAMED = {}


def register(name):
    def decorate(function):
        HANDLERS[name] = function
        return function

    return decorate


def hook(function):
    HOOKS.append(function)
    return function


def named(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)

    NAMED[function.__name__] = function
    return inner


@register("run")
def handle(command):
    os.system(command)  # $ alert


@hook
def hooked(command):
    os.system(command)  # $ alert


@named
def by_name(command):
    os.system(command)  # $ alert


def registered_nowhere(command):
    os.system(command)


@app.route("/run", methods=["POST"])
def run():
    command = request.form["command"]
    made(command)()
    made_with_more(command)("x")
    made_harmless(command)()
    made_class(command).run()
    os.system(held(command)())  # $ alert
    keep, run_kept = counted()
    keep(command)
    run_kept()
    remember(command)
    remember_length(command)
    run_last()
    put("command", command)
    put_fixed("command", command)
    run_state()
    Settings.current = command
    run_settings()
    HANDLERS["run"](command)
    for function in HOOKS:
        function(command)
    NAMED[request.form["name"]](command)
    return ""
