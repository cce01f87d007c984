"""What the arguments of a registration are: paths, and the steps that run for them, each with how it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from backend_audit import ir
from backend_audit.flow import script_contracts, script_objects
from backend_audit.flow.concepts import Operand
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.partials import Partial
from backend_audit.flow.values import UNKNOWN, Value, changed, container
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ObjectSymbol
from backend_audit.routes.chains import flat
from backend_audit.routes.facts import contents
from backend_audit.routes.middleware import only_refuses
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.texts import texts_of
from backend_audit.routes.wrappers import wraps
from backend_audit.source import Mark

_FEW = 2  # texts that a mount's path may be
_IS_PATH = re.compile(r"[/*{(^]|$")
_IN_FRONT = re.compile(r"(?i)base|root|prefix")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that runs for a path: `value` what it is, `node` how it is written where that is known."""

    value: Value
    node: ir.Expr | None


def given_to(chain: RouteChain) -> list[Value]:
    """The arguments of a registration."""
    return [] if chain.arguments is None else contents(chain.arguments.value)


def steps_of(chain: RouteChain) -> list[Step]:
    """The arguments of a chain, lists taken apart, each with how it is written."""
    given = given_to(chain)
    call = chain.site.call
    nodes: list[ir.Expr | None] = [None] * len(given)
    if call is not None and len(call.args) == len(given) and not any(arg.star for arg in call.args):
        nodes = [arg.value for arg in call.args]
    found: list[Step] = []
    for value, node in zip(given, nodes, strict=True):
        inner = [unbound(one) for one in flat([value])]
        items = [item.value for item in node.items] if isinstance(node, ir.Container) else []
        if value.kind in ("list", "tuple", "set") and len(items) == len(inner):
            found += [Step(one, item) for one, item in zip(inner, items, strict=True)]
        else:  # what a list that is written elsewhere holds is not called like it
            found += [Step(one, None if len(inner) > 1 and one.refs else node) for one in inner]
    return found


def stated(chain: RouteChain) -> RouteChain:
    """A route that an object describes as if it were written out: `app.openapi({ method, path, middleware }, handler)`."""
    given = given_to(chain)
    held = (given[0].items or {}) if given and given[0].kind == "dict" else {}
    if "path" not in held:
        return chain
    methods = [] if "method" not in held else [text.upper() for one in contents(held["method"]) for text in one.texts()]
    before = [held["middleware"]] if "middleware" in held else []
    arguments = container("list", dict(enumerate([held["path"], *before, *given[1:]])))
    return replace(chain, kind="verb", method=" ".join(methods) or chain.method, arguments=Operand(arguments, None))


def contracted(*given: Value) -> list[Value]:
    """The routes that a contract and its handlers state, or a router that was made of both, as objects."""
    routes = script_contracts.table(given[0], given[-1]) if given else UNKNOWN
    return [*(routes.items or {}).values()] if script_contracts.ROUTER in routes.types else []


def by_contract(chain: RouteChain) -> Iterator[RouteChain]:
    """The routes of `createExpressEndpoints(contract, handlers, app, options)` as if each were written out."""
    given = given_to(chain)
    options = given[3].items or {} if len(given) > 3 and given[3].kind == "dict" else {}
    before = [options["globalMiddleware"]] if "globalMiddleware" in options else []
    for one in contracted(*given[:2]):
        held = one.items or {}
        own = [held["middleware"]] if "middleware" in held else []
        arguments = container("list", dict(enumerate([held["path"], *before, *own, held["handler"]])))
        site = msgspec.structs.replace(chain.site, call=None)  # whose arguments are others
        yield replace(chain, site=site, kind="verb", method=" ".join(held["method"].texts()), arguments=Operand(arguments, None))


def unbound(value: Value) -> Value:
    """`handler.bind(this, "day")` is the handler."""
    bound = of_kind(value.refs, Partial)
    inside = frozenset(one for held in bound for one in held.function.refs)
    return changed(value, refs=value.refs - frozenset(bound) | inside) if bound else value


def path_texts(value: Value, *, setting: bool = False) -> list[str]:
    """The paths that an argument is: texts, or a list of them; none where it is something that runs.

    `setting`: what may be any text of the settings, most of them no paths, puts nothing in front.
    """
    found: list[str] = []
    for one in flat([value]):
        texts = texts_of(one)
        if not texts or any(isinstance(held, (FunctionSymbol, ObjectSymbol)) for held in one.refs):
            return []
        found += [""] if setting and len(texts) > _FEW and not all(map(_IS_PATH.match, texts)) else texts
    return list(dict.fromkeys(map(rooted, found)))


def rooted(path: str) -> str:
    """`path` without what a setting puts in front of it: `${baseUrl}/api`, `${prefix}users`."""
    return path[2:] if path.startswith("{}/") else f"/{path[2:]}" if path.startswith("{}") and path[2:3].isalpha() else path


def mounted_at(node: ir.Expr | None) -> str:
    """The path at which a library's middleware mounts what it is given: `mount("/sub", app)`; "" for all else."""
    first = node.args[0].value if isinstance(node, ir.Call) and len(node.args) > 1 else None
    text = first.value if isinstance(first, ir.Const) else None
    return text if isinstance(text, str) and text.startswith("/") else ""


def from_setting(steps: list[Step]) -> bool:
    """Whether what stands first is named like a setting that puts something in front of all paths: `global.BasePath`."""
    return any(one.node is not None and _IN_FRONT.search(written(one.node)) for one in steps[:1])


def runs(value: Value) -> bool:
    """Whether a value is a function or router rather than a path."""
    inner = list(flat([value]))
    return any(one.refs or one.apis or one.types for one in inner)


def handler_of(value: Value) -> FunctionSymbol | None:
    """The function that handles a request: what a wrapper was given, rather than the wrapper's own function."""
    value = unbound(value)
    inside = of_kind(script_objects.wrapped(value).refs, FunctionSymbol)
    if len(inside) == 1:
        return inside[0]
    found = sorted((one for one in value.refs if isinstance(one, FunctionSymbol)), key=lambda one: one.key)
    given = [one for one in found if not wraps(one, found)]
    return next(iter(given or found), None)


def bare_of(step: Step) -> FunctionSymbol | None:
    """The function that a step is, where nothing stands around it that could take what it throws."""
    found = [one for one in step.value.refs if isinstance(one, FunctionSymbol)]
    if len(found) != 1 or step.value.apis or step.value.open:
        return None
    given = [arg.value for arg in step.node.args if isinstance(arg.value, ir.Lambda)] if isinstance(step.node, ir.Call) else []
    return None if any(one.function is found[0].node for one in given) else found[0]


def left(last: Step, function: FunctionSymbol | None, guards: list[Guard]) -> list[Guard]:
    """What guards what comes after middleware that stands last in a registration: `auth()` before a resource of a library."""
    if function is None:
        return guards
    if not isinstance(last.node, ir.Call) or not only_refuses(function):
        return []
    return [one for one in guards if one.has(Does.AUTHENTICATES, Does.AUTHORIZES)]


def written_on(owner: ClassSymbol, node: ir.Expr) -> Mark:
    """The place of a decorator of a class, or of a method in it, as it is written."""
    return Mark(owner.module.path, node.at, node.end, written(node))


def is_object(value: Value) -> bool:
    """Whether a step is nothing but an object that a call has made, such as a router."""
    return bool(value.refs) and all(isinstance(one, ObjectSymbol) for one in value.refs)
