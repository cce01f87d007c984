"""Parts of requests that middleware of the whole application washes: `app.use(mongoSanitize())` takes keys with `$` out of them.

https://github.com/fiznool/express-mongo-sanitize
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from backend_audit.flow.values import Value
from backend_audit.link.script_imports import loads_any
from backend_audit.link.script_project import ScriptProject

if TYPE_CHECKING:
    from backend_audit.flow.engine_state import EngineState

_WASHING = frozenset(
    ("express-mongo-sanitize", "@exortek/express-mongo-sanitize", "koa-mongo-sanitize", "fastify-mongo-sanitize")
)
_PARTS = frozenset(
    f"{owner}.{part}" for owner in ("express.Request", "koa.Request", "fastify.Request") for part in ("body", "query", "params")
)
_OPERATORS = frozenset(("nosql",))


def washed(engine: "EngineState", path: str, found: Value) -> Value:
    """`found`, the part of a request at the API path `path`, as handlers get it."""
    if path in _PARTS and isinstance(engine.project, ScriptProject) and _washes(engine.project):
        return found.cleared(_OPERATORS)
    return found


@lru_cache(maxsize=1)
def _washes(project: ScriptProject) -> bool:
    return loads_any(project, _WASHING)
