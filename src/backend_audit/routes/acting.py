"""Whether what a function does changes something: by the names of its calls, and for statements by what they say."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.concepts import SqlExecution
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts

_ACTS = re.compile(
    r"_*(?:a?create|update|delete|remove|save|add|insert|commit|pay|send|upload|write|unlink|execute|perform|process|publish|push|"
    r"enqueue|bulk|upsert|destroy|patch|put|register|reset|change|modify|move|rename|cancel|approve|stop|invite|"
    r"assign|revoke|delay|apply_async|emit)(?:_|$|[A-Z])"
)
_ANSWERS = frozenset(("send_file", "send_from_directory", "send_static_file"))
_ASIDE = re.compile(r"(?:^|[._])(?:cache|logger|log|logging|metrics?|stats|span|params|headers)\.[a-z_]+$", re.IGNORECASE)
_RUNS = frozenset({"execute", "execute_query", "executemany", "execute_values", "execute_batch"})
_ASKS = re.compile(r"\s*(?:--[^\n]*\n\s*)*\(?\s*(?:SELECT|WITH|SHOW|EXPLAIN|VALUES)\b", re.IGNORECASE)
_CHANGES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE)
_BUILDERS = re.compile(r"(?:(?:sa|sqlalchemy|db|sql|postgresql)\.)?(?:pg_)?(?:insert|update|delete)")
_OF_SETS = frozenset({"add", "update", "remove", "insert"})  # of whatever holds things; of a database by what that is called
_STORES = re.compile(
    r"session|db|repo|store|collection|table|conn|client|dao|service|manager|objects|queryset|index|bucket|queue", re.IGNORECASE
)
_CONTAINERS = frozenset({"dict", "set", "list", "defaultdict", "OrderedDict", "Counter", "deque"})


def acts_by_name(name: str) -> bool:
    """Whether a call of that name changes something, by its name; what only answers with a file is none."""
    return bool(_ACTS.match(name)) and name not in _ANSWERS


def acts(callee: str) -> bool:
    """Whether a call is named like one that changes something; what is kept beside, in a cache or a log, is none."""
    return acts_by_name(callee.rpartition(".")[2]) and not _ASIDE.search(callee)


def acting(body: list[ir.Stmt]) -> list[ir.Call]:
    """The calls in a body that are named like ones that change something; what only fills a container of its own is none."""
    nodes = list(ir.walk_scope(*body))
    made = (one for one in nodes if isinstance(one, ir.Assign) and one.value is not None and _is_container(one.value))
    own = {target.id for one in made for target in one.targets if isinstance(target, ir.Name)}
    return [one for one in nodes if isinstance(one, ir.Call) and acts(written(one.func)) and _receiver(one) not in own]


def leads_outside(callee: str) -> bool:
    """Whether a call that is named like one that changes something does so to more than a set or mapping at hand."""
    holder, _, name = callee.rpartition(".")
    return name not in _OF_SETS or "." in holder or bool(_STORES.search(holder))


def _is_container(node: ir.Expr) -> bool:
    called = isinstance(node, ir.Call) and written(node.func).rpartition(".")[2] in _CONTAINERS
    return called or isinstance(node, (ir.Container, ir.Comprehension))


def _receiver(call: ir.Call) -> str:
    return call.func.value.id if isinstance(call.func, ir.Attribute) and isinstance(call.func.value, ir.Name) else ""


class Statements:
    """What functions say to their databases."""

    def __init__(self, facts: WebFacts) -> None:
        self._by_function: dict[str, list[SqlExecution]] = {}
        for function, statement in facts.statements:
            if not statement.fragment:
                self._by_function.setdefault(function.key, []).append(statement)

    def only_asks(self, function: FunctionSymbol) -> bool:
        """Whether every statement of a function, that is known or built there, reads: `conn.execute(text("SELECT …"))`."""
        nodes = function.scope
        names = {written(one.func) for one in nodes if isinstance(one, ir.Call)}
        texts = self._texts(function)
        asked = bool(texts) or any(one.rpartition(".")[2] == "select" for one in names)
        builds = any(_BUILDERS.fullmatch(one) for one in names)
        return asked and not builds and all(_ASKS.match(one) and not _CHANGES.search(one) for one in texts)

    def may_ask(self, function: FunctionSymbol) -> bool:
        """Whether nothing says that a function's statements change anything, and it keeps what each of them gives."""
        nodes = list(function.scope)
        alone = [
            one.value.value if isinstance(one.value, ir.Await) else one.value for one in nodes if isinstance(one, ir.ExprStmt)
        ]
        dropped = any(isinstance(one, ir.Call) and runs_statement(written(one.func)) for one in alone)
        return not dropped and not any(_CHANGES.search(one) for one in self._texts(function))

    def _texts(self, function: FunctionSymbol) -> list[str]:
        return [text for one in self._by_function.get(function.key, ()) for text in _texts(one)]


def runs_statement(callee: str) -> bool:
    """Whether a call hands a statement to a database, by its name."""
    return callee.rpartition(".")[2] in _RUNS


def _texts(statement: SqlExecution) -> Iterator[str]:
    value = None if statement.statement is None else statement.statement.value
    if value is not None:
        yield from value.texts()
        yield from (shape.text() for shape in value.shapes)
