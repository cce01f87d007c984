"""What a function gives that is handed functions: by those of one call, and not by what all of its callers hand over."""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from backend_audit.flow.bound import Bound
from backend_audit.flow.bounded import bounded
from backend_audit.flow.values import NOTHING, Value, changed
from backend_audit.link.symbols import FunctionSymbol, Symbol
from backend_audit.source import Language

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

_MAX_CALLS = 400  # of different functions, in a project
Handed = tuple[tuple[int, frozenset[Symbol]], ...]  # parameter → the functions that a call hands over for it


_known: "WeakKeyDictionary[Engine, dict[tuple[str, Handed], Value]]" = WeakKeyDictionary()


def result(engine: "Engine", symbol: FunctionSymbol, bound: Bound) -> Value | None:
    """The result in terms of the parameters; None where other calls hand over no other functions."""
    facts = engine.facts_of(symbol)
    handed = tuple((at, bound[at].refs) for at, fact in sorted(facts.items()) if at in bound and _is_one_of(bound[at], fact))
    known = _known.setdefault(engine, {})
    if not handed or symbol.node.is_generator or len(known) > _MAX_CALLS or symbol.module.node.language is not Language.PYTHON:
        return None
    if (symbol.key, handed) not in known:
        frame = engine.frame(symbol.module, symbol, {})
        engine.bind_parameters(frame, symbol)
        for at, refs in handed:
            name = symbol.node.params[at].name
            frame.env[name] = changed(frame.env[name], refs=refs, apis=frozenset())
        engine.run_in(frame, symbol)
        if frame.returns is NOTHING:
            return None
        known[symbol.key, handed] = bounded(frame.returns)
    return known[symbol.key, handed]


def _is_one_of(given: Value, all_of_them: Value) -> bool:
    """Whether a call hands over fewer functions than all calls together do."""
    functions = bool(given.refs) and all(isinstance(one, FunctionSymbol) for one in given.refs)
    return functions and not given.apis and (given.refs < all_of_them.refs or bool(all_of_them.apis))
