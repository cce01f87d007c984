import enum

import deps
from fastapi import Depends, FastAPI

app = FastAPI()


class Frame(str, enum.Enum):
    DAY = "day"
    WEEK = "week"


@app.post("/tasks", dependencies=[Depends(deps.Limiter(5, ["a", "b"]))])
def tasks(client=Depends(deps.get_client)):
    return []


@app.post("/tasks/ack")
def acknowledge(api_key: str = Depends(deps.get_key)):
    client = deps.key_auth(api_key, database)
    return client.acknowledge()


@app.get("/stats/{frame}")
def stats(frame: Frame, client=Depends(deps.get_trusted_client)):
    return figures(frame)


@app.get("/notes/{name}")
def notes(name: str, client=Depends(deps.get_trusted_client)):
    return figures(name)
