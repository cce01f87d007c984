"""Chains of express-validator as values: which part of a request, which field of it, and what may be there once it has passed.

https://express-validator.github.io/docs/guides/validation-chain. As values they are found wherever they are made: in lists that
have names, and in what a function gives for a name (`validate("createOrder")`).
"""

from collections.abc import Iterator

from backend_audit.flow.script_builtin import Pieces
from backend_audit.flow.values import MADE, Key, Value, changed, text

CHAIN = "express-validator.ValidationChain"
PARTS, FIELD = "~parts", "~field"
_BY_NAME = {name: (name,) for name in ("body", "query", "cookie", "header")} | {
    "param": ("params",), "check": ("body", "query", "params"),
}  # fmt: skip
FIELDS = {f"express-validator.{above}{name}": parts for name, parts in _BY_NAME.items() for above in ("", "check.")}
_DEPTH = 3


def called(path: str, receiver: Value | None, given: Pieces) -> Value | None:
    """What `body("id")` and `chain.isUUID()` give; None if the call has nothing to do with chains."""
    if receiver is not None and CHAIN in receiver.types:
        return changed(receiver, items={**(receiver.items or {}), path.rpartition(".")[2]: given[0][0] if given else MADE})
    if path not in FIELDS:
        return None
    items: dict[Key, Value] = {PARTS: text(" ".join(FIELDS[path]))}
    if given:
        items[FIELD] = given[0][0]
    return Value(True, types=frozenset((CHAIN,)), items=items)


def is_short(chain: Value) -> bool:
    """`body("name").isLength({ max: 80 })`."""
    asked = (chain.items or {}).get("isLength")
    return asked is not None and "max" in (asked.items or {})


def chains(value: Value, depth: int = _DEPTH) -> Iterator[Value]:
    """The chains that a value is, or holds in lists."""
    if CHAIN in value.types:
        yield value
    elif value.kind in ("list", "tuple") and depth:
        for one in value.inside():
            yield from chains(one, depth - 1)
