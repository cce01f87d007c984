"""Whom a websocket lets in: how a consumer's `connect`, or a handler, ends for who has not signed in; what each message is asked.

https://asgi.readthedocs.io/en/stable/specs/www.html#websocket
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_body import Body
from backend_audit.routes.anonymous_run import Env
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.missing import EMPTY
from backend_audit.routes.model import Does, Guard
from backend_audit.source import Mark

_LIBRARY = ("channels.", "object")
_CONNECTS = ("connect", "websocket_connect")
_CREDENTIAL = re.compile(r"user|token|auth|session|jwt|ticket|api_?key|permi|allowed|member", re.IGNORECASE)
_CLAIMED = re.compile(r"^(?:user|member|account|session)(?:_?(?:id|name|uuid))$|^username$", re.IGNORECASE)
_DEPTH = 4


class Connecting(Body):
    """A run of `connect` that notes whether the connection is accepted."""

    accepted = False
    perhaps = False  # on a way that something unknown decides about
    depth = _DEPTH
    _within = 0  # how many tests decide about the way to here

    def branches(self, node: ir.If, env: Env, *, sure: bool) -> bool:
        self._within += 1
        reached = super().branches(node, env, sure=sure)
        self._within -= 1
        return reached

    def called(self, node: ir.Expr, env: Env) -> bool:
        call = node.value if isinstance(node, ir.Await) else node
        func = call.func if isinstance(call, ir.Call) else None
        if any(self._lacks(one, env) for one in ir.walk_scope(node)):
            return False
        if not isinstance(call, ir.Call) or not isinstance(func, ir.Attribute):
            return super().called(node, env)
        if func.attr == "close":
            over = self.accepted and not self._within  # it comes to its end, for everybody
            self.accepted = over or (self.accepted and self._open)
            return over
        if func.attr == "accept":
            self._accepts(surely=True)
            return True
        if func.attr in _CONNECTS and self.above(call) is not None and self.callee(call) is None:
            self._accepts(surely=True)  # as the library's does
            return True
        function = self.callee(call)
        if function is not None and self.depth and accepts(function):
            inner = Connecting(self.owner, function, self.said)
            inner.depth = self.depth - 1
            inner.whole(self.passed_on(function, call, env))
            if inner.accepted or inner.perhaps:
                self._accepts(surely=inner.accepted)
            return True
        return super().called(node, env)

    def _lacks(self, node: ir.Node, env: Env) -> bool:
        """Whether an entry of the session is read that is not there, which raises: `self.scope["session"]["_auth_user_id"]`."""
        holder = node.value if isinstance(node, ir.Index) else None
        return isinstance(holder, ir.Index) and "session" in written(holder) and self.eval(holder, env) is EMPTY

    def tried(self, node: ir.Try, env: Env, *, sure: bool) -> bool:
        reached = super().tried(node, env, sure=sure)
        self._open = self._open or any(map(_turns_away, node.handlers))  # what was called there may raise
        return reached

    def _accepts(self, *, surely: bool) -> None:
        self.perhaps = self.perhaps or self._open or not surely
        self.accepted = self.accepted or (surely and not self._open)


def _turns_away(handler: ir.Handler) -> bool:
    calls = (one.func for one in ir.walk_scope(*handler.body) if isinstance(one, ir.Call))
    return any(isinstance(one, ir.Attribute) and one.attr == "close" for one in calls)


def accepts(function: FunctionSymbol) -> bool:
    """Whether a function accepts a connection by itself or by its base's `connect`."""
    calls = (one.func for one in function.scope.of(ir.Call))
    return any(isinstance(one, ir.Attribute) and one.attr in ("accept", *_CONNECTS) for one in calls)


class Connections:
    """Reads the guards that consumers are themselves."""

    def __init__(self, behaviours: Behaviours) -> None:
        self.behaviours = behaviours
        self.engine = behaviours.engine

    def of(self, owner: ClassSymbol, handler: FunctionSymbol | None) -> Iterator[Guard]:
        """The guard that `connect` is, or else what the method that takes messages asks."""
        connect = next((one for name in _CONNECTS if (one := self.engine.find_method(owner, name)) is not None), None)
        outside = [one for one in self.engine.external_bases(owner) if not one.startswith(_LIBRARY)]
        if connect is None and outside:
            mark = Mark(owner.module.path, owner.node.at, owner.node.name_end, owner.name)
            yield Guard(outside[0].rpartition(".")[2], frozenset((Does.DEPENDS,)), "library", mark, None, f"is {outside[0]}'s")
            return
        guard = None if connect is None else self._of_connect(owner, connect)
        if guard is not None:
            yield guard
        elif handler is not None and handler is not connect and self._tests(handler):
            mark = Mark(handler.module.path, handler.node.at, handler.node.name_end, handler.node.name)
            because = "asks of each message who sends it"
            yield Guard(handler.node.name, frozenset((Does.DEPENDS,)), "body", mark, handler, because)

    def of_handler(self, handler: FunctionSymbol) -> list[Guard]:
        """The guard that a handler of a websocket is itself, in frameworks that call one for the whole connection."""
        called = self.engine.calls.get(handler.key, {}).values()
        if not any(map(accepts, (handler, *called))):
            return []
        guard = self._of_connect(handler.owner, handler)
        return [] if guard is None else [guard]

    def _of_connect(self, owner: ClassSymbol | None, connect: FunctionSymbol) -> Guard | None:
        with self.behaviours.anonymous.as_of(owner, connect):
            run = Connecting(self.behaviours.anonymous, connect, {})
            run.whole({})
        mark = Mark(connect.module.path, connect.node.at, connect.node.name_end, connect.node.name)
        does, because = frozenset((Does.AUTHENTICATES,)), "accepts nobody who has not signed in"
        if run.accepted or (run.perhaps and not self._asks(connect, 2)):
            return None
        if run.perhaps:
            because = "closes the connections of some, by who they are"
        return Guard(connect.node.name, does, "body", mark, connect, because, carrier=self.behaviours.carrier(connect))

    def _asks(self, function: FunctionSymbol, depth: int) -> bool:
        """Whether a test in a function, or in one that it calls and that may accept as well, is about credentials."""
        given = {param.name for param in function.node.params if _CLAIMED.search(param.name)}  # of the address, as it comes
        for node in function.scope:
            asked = [node.test] if isinstance(node, (ir.If, ir.Conditional)) else node.body if isinstance(node, ir.Try) else []
            if any(_CREDENTIAL.search(name) and name not in given for one in asked for name in _names(one)):
                return True
        called = self.engine.calls.get(function.key, {}).values() if depth else ()
        return any(self._asks(one, depth - 1) for one in called if accepts(one))

    @staticmethod
    def _tests(handler: FunctionSymbol) -> bool:
        tests = (one.test for one in handler.scope.of(ir.If))
        return any(is_caller(one) for test in tests for one in ir.walk_scope(test))


def _names(node: ir.Node) -> Iterator[str]:
    for one in ir.walk_scope(node):
        if isinstance(one, (ir.Name, ir.Attribute)):
            yield written(one)
