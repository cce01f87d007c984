"""Chains of `.replace(…)` in JavaScript: which characters each step takes, all of them or the first alone."""

import re
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.checks import _patterns
from backend_audit.checks._view import FileView
from backend_audit.regex.shape import Sequence, alternatives

_REPLACING = frozenset(("replace", "replaceAll"))
_NUMBERED = re.compile(r"\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2})")


@dataclass(slots=True)
class Step:
    """One replacement: `once` is the text whose first hit alone goes; `signs` are the single characters that all go."""

    once: str | None = None
    signs: frozenset[str] = frozenset()
    new: str | None = None  # what comes instead, where it is a text
    is_text: bool = False  # a text was given to look for, no pattern
    complement: bool = False  # all characters but some go


@dataclass(slots=True)
class Chain:
    """`node` is the last call; `steps` in the order in which they run, those on the same name before it included."""

    node: ir.Expr
    steps: list[Step] = field(default_factory=list)
    handles_backslash: bool = False

    def all_signs(self) -> frozenset[str] | None:
        """The characters that are gone or replaced at the end; None if nearly all are."""
        if any(step.complement for step in self.steps):
            return None
        return frozenset(sign for step in self.steps for sign in step.signs)


def chain_of(node: ir.Expr | None, view: FileView, *, through_names: bool = False) -> Chain | None:
    """The chain that ends with the call `node`; None if it is no replacement, or if the chain goes on after it."""
    if through_names and isinstance(node, ir.Call) and _patterns.method(node) == "join":
        node = node.func.value if isinstance(node.func, ir.Attribute) else node
    if through_names and isinstance(node, ir.Name):
        node = _patterns.given(node, view)
    if not isinstance(node, ir.Call) or _patterns.method(node) not in _REPLACING:
        return None
    parent = view.ancestors[-1] if view.ancestors else None
    if isinstance(parent, ir.Attribute) and parent.value is node and parent.attr in _REPLACING:
        return None
    found = Chain(node)
    one: ir.Expr = node
    while isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute):
        if one.func.attr in _REPLACING and len(one.args) == 2:
            found.steps.insert(0, _step(one, view))
        one = one.func.value
    found.handles_backslash = _handled_before(node, one, view)
    return found


def _step(call: ir.Call, view: FileView) -> Step:
    old, new = call.args[0].value, call.args[1].value
    every = _patterns.method(call) == "replaceAll"
    step = Step(new=_replacement(new, view))
    text = _patterns.text_of(old, view)
    if text is not None:
        step.is_text = True
        if every:
            step.signs = frozenset(text) if len(text) == 1 else frozenset()
        else:
            step.once = text
        return step
    written = _patterns.pattern(old, view)
    if written is None:
        return step
    signs = single_signs(written.text)
    if written.flags is not None and "g" not in written.flags:
        step.once = next(iter(signs)) if signs is not None and len(signs) == 1 else _literal(written.text)
    else:
        step.signs = signs or frozenset()
        step.complement = signs is None and _is_complement(written.text)
    return step


def _replacement(node: ir.Expr, view: FileView) -> str | None:
    text = _patterns.text_of(node, view)
    return "" if text is None and removes(node, view) else text


def removes(node: ir.Expr, view: FileView) -> bool:
    """Whether nothing is put in the place of what was found, at least sometimes."""
    if isinstance(node, ir.Lambda):
        consts = [one for one in ir_consts(node.function) if one.kind == "str"]
        return bool(consts) and any(one.value == "" for one in consts)
    return _patterns.text_of(node, view) == ""


def ir_consts(function: ir.Function) -> list[ir.Const]:
    """The literals that a function returns, those of conditional expressions included."""
    found: list[ir.Const] = []
    for statement in function.body:
        if isinstance(statement, ir.Return) and statement.value is not None:
            value = statement.value
            parts = [value.then, value.orelse] if isinstance(value, ir.Conditional) else [value]
            found += [one for one in parts if isinstance(one, ir.Const)]
    return found


def single_signs(pattern: str) -> frozenset[str] | None:
    """The characters of which the pattern takes one (or several of them in a row); None if it takes anything else."""
    found: set[str] = set()
    for sequence in alternatives(pattern):
        signs = _signs(sequence)
        if signs is None:
            return None
        found |= signs
    return frozenset(found)


def _signs(sequence: Sequence) -> set[str] | None:
    if len(sequence) != 1:
        return None
    atom = sequence[0]
    if atom.kind == "char":
        return {atom.text}
    if atom.kind == "class" and not atom.negated and not atom.escapes:
        return {chr(code) for low, high in atom.ranges for code in range(ord(low), min(ord(high), ord(low) + 128) + 1)}
    if atom.kind == "group":
        parts = [_signs(one) for one in atom.options]
        known = [one for one in parts if one is not None]
        return set().union(*known) if len(known) == len(parts) else None
    return None


def _is_complement(pattern: str) -> bool:
    return any(len(one) == 1 and one[0].is_wild() for one in alternatives(pattern))


def _literal(pattern: str) -> str | None:
    """The text that the pattern is, if it is nothing but characters."""
    options = alternatives(pattern)
    if len(options) != 1 or not all(one.kind == "char" and (one.low, one.high) == (1, 1) for one in options[0]):
        return None
    return "".join(one.text for one in options[0])


def escapes(step: Step) -> bool:
    """Whether what is found gets a backslash before it; a number of its own in its place ends no quotes."""
    new = step.new
    return new is not None and new.startswith("\\") and len(new) > 1 and bool(step.signs) and _NUMBERED.match(new) is None


def in_loop(view: FileView) -> bool:
    """Whether it is repeated until nothing is left to replace."""
    for node in reversed(view.ancestors):
        if isinstance(node, ir.Function):
            return False
        if isinstance(node, ir.While) and (any(isinstance(one, ir.Call) for one in ir.walk(node.test)) or _until_same(node)):
            return True
    return False


def _leaves(node: ir.Node) -> bool:
    return isinstance(node, ir.Return) or (isinstance(node, ir.Jump) and node.kind == "break")


def _until_same(loop: ir.While) -> bool:
    """`do { before = text; text = text.replace(…) } while (text !== before)`, or a way out where both are the same."""
    nodes = list(ir.walk(*loop.body))
    set_here = {one.id for node in nodes if isinstance(node, ir.Assign) for one in node.targets if isinstance(one, ir.Name)}
    ways_out = [node.test for node in nodes if isinstance(node, ir.If) and any(map(_leaves, ir.walk(*node.body)))]
    compared = [test for test in (loop.test, *ways_out) if isinstance(test, ir.Compare) and test.ops[0] in ("==", "!=")]
    return any(isinstance(one, ir.Name) and one.id in set_here for test in compared for one in (test.left, *test.rights))


def _handled_before(node: ir.Call, root: ir.Expr, view: FileView) -> bool:
    """Whether the same function takes care of backslashes before: another replacement, or `JSON.stringify`."""
    for scope in _patterns.scopes(view):
        for one in ir.walk(*list(scope)):
            if one is node or not isinstance(one, ir.Call) or one.at >= node.end:
                continue
            name = _patterns.method(one)
            if name == "stringify":
                return True
            if name in _REPLACING and one.args and isinstance(root, (ir.Name, ir.Attribute)):
                old = one.args[0].value
                written = _patterns.pattern(old, view)
                signs = frozenset(_patterns.text_of(old, view) or "") if written is None else single_signs(written.text)
                if signs is not None and "\\" in signs:
                    return True
        return False
    return False


@dataclass(frozen=True, slots=True)
class Swap:
    """One text becomes another, wherever it stands; `node` is the call."""

    node: ir.Expr
    old: str
    new: str


def swaps(chain: Chain, view: FileView) -> list[Swap]:
    """The steps of a chain that put one text in the place of every hit of another, in the order in which they run."""
    found: list[Swap] = []
    one: ir.Expr = chain.node
    while isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute):
        swap = _swap(one, view) if one.func.attr in _REPLACING and len(one.args) == 2 else None
        found[:0] = [] if swap is None else [swap]
        one = one.func.value
    return found


def _swap(call: ir.Call, view: FileView) -> Swap | None:
    new = _patterns.text_of(call.args[1].value, view)
    old = _patterns.text_of(call.args[0].value, view) if _patterns.method(call) == "replaceAll" else None
    written = None if old is not None else _patterns.pattern(call.args[0].value, view)
    if written is not None and "g" in (written.flags or ""):
        old = _literal(written.text)
    return None if old is None or new is None else Swap(call, old, new)
