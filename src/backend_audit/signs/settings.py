"""Signs in settings: constants of modules (`CACHES = {…}`), their keys and texts, and items of `app.config`."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.signs.rows import Row, Rows

_MAX_NESTING = 5
_LISTING = re.compile(r"APP|MIDDLEWARE|BACKEND|ENGINE|PLUGIN|EXTENSION|HANDLER|CLASS")


class Settings:
    """The rows that settings fit."""

    def __init__(self, rows: Rows) -> None:
        self._named: dict[str, list[Row]] = {}
        self._texts: list[tuple[str, Row]] = []
        for row in rows.every:
            for name in row.settings:
                self._named.setdefault(name, []).append(row)
            self._texts += [(text, row) for text in row.texts]

    def of(self, target: ir.Expr, value: ir.Expr, *, top: bool) -> Iterator[tuple[Row, ir.Node]]:
        """The rows that an assignment fits, each with the node that shows it."""
        if isinstance(target, ir.Index) and isinstance(target.index, ir.Const) and isinstance(target.index.value, str):
            name, holder = target.index.value, target.value
            if top and isinstance(holder, ir.Name) and holder.id.isupper():  # `REST_FRAMEWORK["EXCEPTION_HANDLER"] = …`
                name = f"{holder.id}.{name}"
            yield from self._held(name, target, value, _MAX_NESTING)
        elif top and isinstance(target, ir.Name) and target.id.isupper():
            yield from self._held(target.id, target, value, _MAX_NESTING)

    def _held(self, name: str, node: ir.Node, value: ir.Expr, depth: int) -> Iterator[tuple[Row, ir.Node]]:
        if depth and not is_off(value):
            yield from ((row, node) for row in self._named.get(name, ()) if _holds(row, value))
            yield from self._inside(name, value, depth)

    def _inside(self, name: str, value: ir.Expr, depth: int) -> Iterator[tuple[Row, ir.Node]]:
        if isinstance(value, ir.Const) and isinstance(value.value, str):
            text = value.value
            listed = "." in text or _LISTING.search(name) is not None  # "channels" may be any word
            meant = self._texts if listed else ()
            yield from ((row, value) for wanted, row in meant if text == wanted or text.startswith(f"{wanted}."))
        elif isinstance(value, ir.Container):
            for item in value.items:
                if item.key is None:
                    yield from self._inside(name, item.value, depth)
                elif isinstance(item.key, ir.Const):
                    yield from self._held(f"{name}.{item.key.value}", item.key, item.value, depth - 1)
        elif isinstance(value, ir.Call) and isinstance(value.func, ir.Attribute) and value.func.attr.endswith("Value"):
            for given in _defaults(value):  # `values.Value("django_redis.cache.RedisCache", environ_name="…")`
                yield from self._inside(name, given, depth)
        elif isinstance(value, ir.Binary):
            yield from self._inside(name, value.left, depth)
            yield from self._inside(name, value.right, depth)


def _holds(row: Row, value: ir.Expr) -> bool:
    """Whether a setting holds a text that the row asks for, where it asks for one; what is not written there may be it."""
    if row.only is None:
        return True
    texts = [one.value for one in ir.walk(value) if isinstance(one, ir.Const) and isinstance(one.value, str)]
    return not texts or any(row.only.search(text) for text in texts)


def _defaults(value: ir.Call) -> Iterator[ir.Expr]:
    """What django-configurations takes where the environment says nothing."""
    yield from (arg.value for at, arg in enumerate(value.args) if arg.name == "default" or (at == 0 and arg.name is None))


def is_off(value: ir.Expr) -> bool:
    """Whether a setting's value says that there is none: an empty container or text, `None`, `False`, or that by default."""
    if isinstance(value, ir.Container):
        return not value.items
    if isinstance(value, ir.Call):  # `getattr(configuration, "X", False)`, `env.bool("X", default=False)`
        given = [arg.value.value for arg in value.args if arg.name in {None, "default"} and isinstance(arg.value, ir.Const)]
        configured = isinstance(value.func, ir.Attribute) and value.func.attr.endswith("Value")  # `values.BooleanValue(False)`
        return any(one is False for one in given) and (configured or any(isinstance(one, str) for one in given))
    return isinstance(value, ir.Const) and value.value in (None, False, "", 0)
