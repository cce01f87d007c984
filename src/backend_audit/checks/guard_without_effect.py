"""Guards that let everybody through: named like a check of the caller, without any way to turn one away."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._peers import asks_by_name
from backend_audit.checks._routes import at_guard, called
from backend_audit.checks._sure_answers import never_refuses, promised_right
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.guards import ANSWERS_IN_VAIN
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.unended import Unended
from backend_audit.source import SCRIPTS, Language, Mark

RULE = "guard-without-effect"

_PROMISES = re.compile(
    r"^(?:require|requires|ensure|check|verify|validate|enforce|assert|protect)_?(?:\w*_)?"
    r"(?:auth\w*|login|user|admin|token|jwt|api_?key|role|roles|permission|permissions|access|owner|session|credentials?|superuser|staff)$|"
    r"(?:auth|login|admin|token|jwt|permission|role|api_?key|staff|superuser)_required$|^is_(?:authenticated|admin|staff|superuser)$"
)

_CALLER = re.compile(r"user|account|auth|session|identity|principal", re.IGNORECASE)
_REQUEST = re.compile(r"^(?:req|request|ctx|context|c|ctx\.state|res\.locals|request\.state|g)$")


@check(RULE)
def guard_without_effect(route: Route) -> Iterator[Alert]:
    """`Depends(verify_token)` where `verify_token` neither raises nor answers."""
    if route.idle_verdict is not None and not any(map(asks_by_name, route.guards)):
        yield from _idle(route, route.idle_verdict)
    for unended in route.unended:
        yield _unended(route, unended)
    for guard in route.guards:
        if not _promises(guard) or guard.mark is None or guard.mark.path not in (route.mark.path, route.registered.path):
            continue
        if route.guarded(Does.AUTHENTICATES, Does.AUTHORIZES):
            continue
        if guard.because == ANSWERS_IN_VAIN:
            yield from _in_vain(route, guard)
            continue
        yield from at_guard(
            guard,
            message=f"`{guard.name}` runs before {called(route)} and turns nobody away: it neither raises nor answers, "
            "whoever calls.",
            fix=f"Let `{guard.name}` raise (401 without a valid credential, 403 without the right).",
            confidence=Confidence.MEDIUM,
            anchor=f"{route.name} {route.path}",
        )


@check(RULE, *SCRIPTS)
def right_of_a_promise(node: ir.Call, _: FileView) -> Iterator[Alert]:
    """`posts.filter(async (post) => await mayRead(post, user))`: a promise is true, so all pass."""
    asked = promised_right(node)
    if asked is not None:
        method = last_word(node.func)
        yield Alert(
            node=asked,
            message=f"`{method}` looks at the promise that its `async` function gives, which is true whatever "
            f"`{written(asked.func)}` says: nothing is held back from any caller.",
            fix=f"Wait for all answers first (`await Promise.all(….map(…))`), then `{method}` by them.",
            confidence=Confidence.MEDIUM,
        )


@check(RULE, Language.PYTHON, *SCRIPTS)
def check_without_a_no(node: ir.Function, view: FileView) -> Iterator[Alert]:
    """`if (token === expected) return true; return true;`."""
    compared = never_refuses(node)
    if compared is not None:
        yield Alert(
            at=node.at,
            end=node.name_end,
            message=f"`{node.name}` compares `{view.source(compared)}` and says yes either way: it refuses nobody.",
            fix="Say no on the last line.",
            confidence=Confidence.MEDIUM,
        )


def _idle(route: Route, mark: Mark) -> Iterator[Alert]:
    """`const allowed = permissions.includes("post:destroy");`, and nothing depends on it."""
    yield Alert(
        path=mark.path,
        at=mark.at,
        end=mark.end,
        message=f"`{mark.note}` says whether the caller of {called(route)} may do this, and nothing depends on it: the handler "
        "goes on whatever it says.",
        fix=f"Turn the caller away where `{mark.note}` says no, before anything is done.",
        confidence=Confidence.MEDIUM,
        anchor=f"{route.name} {mark.note}",
    )


def _unended(route: Route, unended: Unended) -> Alert:
    """`if (!may) res.sendStatus(403); next();`, `if (!mayEdit(user)) throw …` of a promise."""
    note, fix = unended.mark.note, "Return after the answer."
    told = f"`{note}` turns the caller of {called(route)} away, and the code goes on: `{unended.after}` runs all the same."
    if unended.caught:
        told = (
            f"`{note}` fails for who brings a wrong credential, which is caught, and `{unended.after}` runs all the same: "
            f"{called(route)} is open to whoever brings anything."
        )
        fix = "Answer 401 where it is caught, and return."
    elif unended.dropped:
        told = f"Nothing waits for `{note}`, whose promise fails for who may not: {called(route)} goes on for every caller."
        fix = "Wait for it: `await`."
    elif not unended.after:
        told = f"`{note}` gives a promise, which is true whatever it comes to: this test turns no caller of {called(route)} away."
        fix = "Wait for it: `await`."
    return Alert(
        path=unended.mark.path,
        at=unended.mark.at,
        end=unended.mark.end,
        message=told,
        fix=fix,
        confidence=Confidence.MEDIUM,
        anchor=f"{note} {unended.after}",
    )


def _in_vain(route: Route, guard: Guard) -> Iterator[Alert]:
    """`if (!token) res.status(401).end(); next();`, told at the first route that it runs before."""
    first = next(one for one in route.table.routes if any(_same(guard, other) for other in one.guards))
    if first is route and guard.function is not None:
        node = guard.function.node
        yield Alert(
            path=guard.function.module.path,
            at=node.at,
            end=node.name_end,
            message=f"`{guard.name}` answers a caller without credentials and then hands the request on: the handler of "
            f"{called(route)} runs for it all the same.",
            fix="Return after the answer, before `next()`.",
            confidence=Confidence.HIGH,
            anchor=f"{guard.name} in vain",
        )


def _same(guard: Guard, other: Guard) -> bool:
    return guard.function is other.function and guard.because == other.because


def _notes_caller(function: FunctionSymbol) -> bool:
    """Whether a function puts who calls on the request: `req.user = found`."""
    targets = [one for node in function.scope.of(ir.Assign) for one in node.targets]
    return any(
        isinstance(one, ir.Attribute) and _CALLER.search(one.attr) and _REQUEST.match(written(one.value)) for one in targets
    )


def _promises(guard: Guard) -> bool:
    """Whether the guard's name says that it checks the caller, and its code cannot."""
    if guard.because == ANSWERS_IN_VAIN:
        return True
    if guard.function is None or guard.does - {Does.RUNS, Does.IDENTIFIES}:
        return False
    if guard.via in ("router", "mount", "application", "hook") and _notes_caller(guard.function):
        return False  # who calls is noted there, and asked elsewhere
    if guard.via not in ("dependency", "decorator", "route", "router", "mount", "application", "hook"):
        return False
    return bool(_PROMISES.search(guard.name.rpartition(".")[2].lower())) and guard.because == ""
