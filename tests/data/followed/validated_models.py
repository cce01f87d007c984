"""What validators of whole models have refused before a field is read."""

import os

from fastapi import Depends, FastAPI
from pydantic import BaseModel, model_validator, root_validator

app = FastAPI()


class Row(BaseModel):
    __sort_fields__: list[str] = []
    name: str


class Page(BaseModel):
    sort: str | None = None
    search: str | None = None
    model: type[Row] | None = None

    @root_validator(pre=True)
    def known_column(cls, values):
        sort = values.get("sort")
        model = values.get("model")
        if sort and model:
            model = values["model"]
            allowed = model.__sort_fields__ or model.__fields__
            if sort not in allowed:
                raise ValueError("no such column")
        return values


class Newer(BaseModel):
    kind: str
    other: str
    loose: str
    third: str

    @model_validator(mode="after")
    def known_kind(self):
        if self.kind not in ("a", "b"):
            raise ValueError("no such kind")
        if self.other not in self.loose:
            raise ValueError("not in there")
        if self.kind == "a" and self.third not in ("x", "y"):
            raise ValueError("of this kind there are two")
        return self


class Lenient(BaseModel):
    kind: str

    @model_validator(mode="before")
    def known_kind(cls, values):
        if values["kind"] not in ("a", "b"):
            print("no such kind")
        return values


def page(sort: str | None = None, search: str | None = None):
    return Page(sort=sort, search=search, model=Row)


@app.get("/rows")
def rows(page: Page = Depends(page)):
    os.system(f"sort -k {page.sort}")
    os.system(f"grep {page.search}")  # $ alert


@app.post("/rows")
def add(new: Newer, lenient: Lenient):
    os.system(f"make {new.kind}")
    os.system(f"make {new.other}")  # $ alert
    os.system(f"make {new.third}")  # $ alert
    os.system(f"make {lenient.kind}")  # $ alert
