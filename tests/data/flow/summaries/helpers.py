import sqlite3


def identity(value):
    return value


def choose(flag):
    if flag:
        return "yes"
    return "no"


def pick(mapping):
    return mapping["k"]


def connect():
    return sqlite3.connect("app.db")


class Builder:
    def __init__(self, table):
        self.table = table
        self.condition = ""

    @classmethod
    def create(cls):
        return cls("made")

    def where(self, name):
        self.condition = " WHERE name = '" + name + "'"
        return self

    def text(self):
        return "SELECT * FROM " + self.table + self.condition
