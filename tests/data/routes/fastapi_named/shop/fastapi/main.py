from fastapi import FastAPI

from .orders import router


def create_application(prefix=""):
    app = FastAPI()
    app.include_router(router, prefix=f"{prefix}/api/v1")
    return app
