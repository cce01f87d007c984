"""Coroutines of the project that are made and never awaited: what stands in them never runs.

https://docs.python.org/3/library/asyncio-dev.html#detect-never-awaited-coroutines
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol, decorator_name
from backend_audit.source import Mark

_PLAIN = frozenset(("staticmethod", "classmethod", "override", "abstractmethod", "final"))  # they leave a coroutine one


@dataclass(frozen=True, slots=True)
class DroppedCoroutine(Concept):
    """A call of an `async` function without `await`. `how`: statement, or test (a coroutine is true, whatever it would give)."""

    how: str = "statement"
    callee: str = ""
    made: Mark | None = None


def dropped_coroutines(engine: Engine) -> Iterator[DroppedCoroutine]:
    """Those in functions of the project, in the order of the code."""
    functions = {one.key: one for one in engine.project.functions()}
    for key, caller in functions.items():
        called: dict[int, list[FunctionSymbol]] = {}
        for site in engine.sites.get(key, {}).values():
            called.setdefault(site.node.at, []).append(site.callee)
        if any(map(_is_coroutine, (one for found in called.values() for one in found))):
            yield from _of(engine.frame(caller.module, caller), caller, called)


def _of(frame: Frame, caller: FunctionSymbol, called: dict[int, list[FunctionSymbol]]) -> Iterator[DroppedCoroutine]:
    for node, how in _unawaited(caller):
        found = [] if isinstance(node.func, ir.Call) else called.get(node.at, [])  # `async_to_sync(send)(mail)` runs it
        if found and all(map(_is_coroutine, found)) and _calls(frame, node, found):
            module, first = caller.module, found[0]
            site = Site(module.path, node, "", written(node.func), caller.name, node, (), caller.node, module.node)
            made = Mark(first.module.path, first.node.at, first.node.name_end, "it is `async`")
            yield DroppedCoroutine(site, how, first.node.name, made)


def _calls(frame: Frame, node: ir.Call, functions: list[FunctionSymbol]) -> bool:
    """Whether a call is one of the functions themselves: `tasks.add_task(send, mail)` hands one on, to be run."""
    names = {one.node.name for one in functions}
    return last_word(node.func) in names or any(one in functions for one in frame.eval(node.func).refs)


def _is_coroutine(function: FunctionSymbol) -> bool:
    """Whether a call of the function gives a coroutine; decorators of unknown purpose may make something else of it."""
    node = function.node
    return node.is_async and not node.is_generator and all(decorator_name(one) in _PLAIN for one in node.decorators)


def _unawaited(caller: FunctionSymbol) -> Iterator[tuple[ir.Call, str]]:
    """The calls that are statements of their own, or decide a test."""
    for node in caller.scope:
        if isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Call):
            yield node.value, "statement"
        elif isinstance(node, (ir.If, ir.While, ir.Conditional)):
            yield from ((one, "test") for one in _decides(node.test))


def _decides(test: ir.Expr) -> Iterator[ir.Call]:
    """The calls whose truth a test asks for."""
    if isinstance(test, ir.Call):
        yield test
    elif isinstance(test, ir.Unary) and test.op == "not":
        yield from _decides(test.operand)
    elif isinstance(test, ir.Logical):
        yield from _decides(test.left)
        yield from _decides(test.right)
