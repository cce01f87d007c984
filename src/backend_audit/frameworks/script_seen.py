"""What a handler in JavaScript, and what runs before it, has looked at in the body of its request."""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.frameworks.script_given import Holding, Path, leaves
from backend_audit.frameworks.script_reached import Reached
from backend_audit.frameworks.script_stores import Stores, kept

WHOLE: Path = ("body",)
_SEES = re.compile(  # a function that nobody can look into, by its name
    r"valid|schema|serializ|pars|load|verif|check|clean|convert|sign|assert|ensure|require|sanit|normali|match|test|includes|"
    r"^is[A-Z]|^to[A-Z]|^has|compare|equal|hash|encrypt|escape|^(?:find|get|fetch|count|exists?|lookup|resolve|first|one)(?![a-z])|"
    r"^(?:Number|String|Boolean|Date|BigInt|Decimal|ObjectId|ObjectID|moment|dayjs|isNaN|keys|entries|values|fromEntries|isArray)$",
)
_VALIDATES = re.compile(r"valid|verif|^check|assert|sanit|schema|^parse", re.IGNORECASE)
_PARSES = re.compile(r"^(?:safeParse|parse|validate|validateSync|safeParseAsync|parseAsync|validateAsync)$")
_IDLE = re.compile(r"^(?:log|info|debug|warn|error|trace|json|send|stringify|next|emit|end|write|print|push|resolve|then|catch)$")


class Seen:
    """What was looked at, by path; `whole`: the body as a whole was handed to what may validate it."""

    def __init__(self, reached: Reached, stores: Stores) -> None:
        self.paths: set[Path] = set()
        self.refused: set[Path] = set()  # those that a test turns away
        self.schemed: set[Path] = set()  # those that a schema was asked for: `passwordSchema.safeParse(req.body.password)`
        self.whole = reached.cut
        self.stores = stores
        self._add(reached)

    def take(self, other: "Seen") -> None:
        """Take in what something before it has looked at."""
        self.whole = self.whole or other.whole
        self.paths |= other.paths
        self.refused |= other.refused
        self.schemed |= other.schemed

    def _add(self, reached: Reached) -> None:
        for holding in reached.holdings:
            saved = kept(holding.nodes)
            for node in holding.nodes:
                for root in self._looks(reached, holding, node, saved):
                    self.paths.update(path for path in holding.paths(root) if len(path) > 1)
                if isinstance(node, ir.If) and _refuses(node):
                    tests = [one for one in _conditions(node.test) if not _asks_presence(one) or _misses(node, one)]
                    self.refused.update(path for one in tests for path in holding.paths(one) if path[:1] == WHOLE)
                if isinstance(node, ir.Call) and _VALIDATES.search(last_word(node.func)):
                    self._validated(holding, node)
                if isinstance(node, ir.Call) and _asks_schema(node):
                    given = (path for arg in node.args for _, path in leaves(holding.of(arg.value), ""))
                    self.schemed.update(path for path in given if len(path) > 1)

    def _validated(self, holding: Holding, node: ir.Call) -> None:
        """What a function says that it validates, one of the project's too: its arguments, or the object that it is called on."""
        subjects = [arg.value for arg in node.args] + ([node.func.value] if isinstance(node.func, ir.Attribute) else [])
        for one in subjects:
            for _, path in leaves(holding.of(one), ""):
                self.whole = self.whole or path == WHOLE
                if len(path) > 1:
                    self.paths.add(path)

    def _looks(self, reached: Reached, holding: Holding, node: ir.Node, saved: frozenset[str]) -> Iterator[ir.Expr]:
        if isinstance(node, (ir.If, ir.While, ir.Conditional)):
            yield from (one for one in _conditions(node.test) if not _asks_presence(one) or _misses(node, one))
        elif isinstance(node, ir.Switch):
            yield node.subject
        elif isinstance(node, ir.Hole):
            yield node.value
        elif isinstance(node, (ir.Compare, ir.Unary)) and not _asks_presence(node):
            yield node
        elif isinstance(node, ir.Index):
            yield node.index
        elif isinstance(node, ir.For):
            self.whole = self.whole or _is_whole(holding, node.iter)
        elif isinstance(node, ir.Call) and not reached.callees(node):
            yield from self._called(holding, node, saved)

    def _called(self, holding: Holding, node: ir.Call, saved: frozenset[str]) -> Iterator[ir.Expr]:
        """What a call of a function that cannot be looked into has seen."""
        name = last_word(node.func)
        sees = bool(_SEES.search(name)) or (node.form == "new" and not name[:1].isupper())
        if isinstance(node.func, ir.Attribute):
            if not _is_whole(holding, node.func.value):
                yield node.func.value  # `name.trim()` fails for what is no text
            sees = sees or bool(_VALIDATES.search(last_word(node.func.value)))
        stores = next(iter(self.stores.of(holding.function, node, saved)), None) is not None
        for arg in node.args:
            if _is_whole(holding, arg.value) and not stores and not _IDLE.match(name):
                self.whole = True
            if sees and not stores:
                yield arg.value
            request = holding.of(arg.value)
            if sees and request is not None and request.path == ():
                self.whole = True


def _asks_schema(node: ir.Call) -> bool:
    """Whether a call holds what it is given against a schema, by both names: `schema.parse(x)`, `emailSchema.validate(x)`."""
    receiver = last_word(node.func.value) if isinstance(node.func, ir.Attribute) else ""
    return bool(_PARSES.search(last_word(node.func))) and "schema" in receiver.lower()


def is_seen(path: Path, seen: set[Path]) -> bool:
    """Whether it, something that it is a part of, or a part of it was looked at."""
    return any(path[: len(one)] == one or one[: len(path)] == path for one in seen)


def _leaves(body: Sequence[ir.Stmt]) -> bool:
    """Whether statements end the function: `return res.sendStatus(400)`, `throw …`."""
    return bool(body) and isinstance(body[-1], (ir.Return, ir.Raise))


def _refuses(node: ir.If) -> bool:
    """Whether one way from a test ends the function."""
    return _leaves(node.body) or _leaves(node.orelse)


def _misses(node: ir.Node, test: ir.Expr) -> bool:
    """Whether what is not there ends the function: `if (!name) return …`, `if (name) { … } else { return … }`."""
    if not isinstance(node, ir.If):
        return False
    absent = isinstance(test, ir.Unary) or (isinstance(test, ir.Compare) and test.ops[0] == "==")
    return _leaves(node.body if absent else node.orelse)


def _conditions(test: ir.Expr) -> Iterator[ir.Expr]:
    """What a test is put together from."""
    if isinstance(test, ir.Logical):
        yield from _conditions(test.left)
        yield from _conditions(test.right)
    else:
        yield test


def _asks_presence(node: ir.Expr) -> bool:
    """Whether a test only asks if something is there: `name`, `!name`, `name !== undefined`."""
    if isinstance(node, ir.Unary):
        return node.op == "not" and _asks_presence(node.operand)
    if isinstance(node, ir.Compare):
        known = [one for one in (node.left, *node.rights) if isinstance(one, ir.Const)]
        nothing = any(one.kind in ("none", "undefined") or one.value == "" for one in known)
        return node.ops[0] in ("==", "!=") and nothing and not isinstance(node.left, ir.Unary)
    return isinstance(node, (ir.Name, ir.Attribute, ir.Index))


def _is_whole(holding: Holding, node: ir.Expr) -> bool:
    held = holding.of(node)
    return held is not None and held.path == WHOLE
