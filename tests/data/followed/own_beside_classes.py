"""A field that the class knows as a text, built of what each object was made with."""

import os

from fastapi import FastAPI

app = FastAPI()


class Store:
    def __init__(self, host):
        self.base = f"curl http://{host}"
        self.fixed = "ls"

    def fetch(self, path):
        os.system(self.base + path)  # $ alert
        os.system(self.fixed + " /tmp")


@app.get("/stores")
def stores(host: str):
    store = Store(host)
    store.fetch("/status")
