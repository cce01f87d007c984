"""Passwords, tokens and keys in log records, on standard output, in error trackers."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _positions, _secrets, check
from backend_audit.checks._context import only_in_development, path_to, under_main
from backend_audit.checks._pages import of_service
from backend_audit.checks._secrets import Leak
from backend_audit.finding import Confidence
from backend_audit.flow import script_trials, sensitive
from backend_audit.flow.concepts import LogRecord, Operand, Site
from backend_audit.flow.redaction import hidden, hiding
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word, written

RULE = "secret-in-log"

_LOGGER = re.compile(r"(^|[._])(log|logs|logger|logging|_log|_logger)(\(\))?\.\w+$", re.IGNORECASE)
_WHERE = {"log": "into the log", "print": "to standard output", "tracker": "to the error tracker"}

_DEVELOPING = re.compile(r"^(?:is|in)_?(?:dev|development|local|test|testing)(?:_?(?:mode|env|environment))?$", re.IGNORECASE)
_BODIES = frozenset(("text", "content", "reason", "body", "data"))
_STATUS = frozenset(("status_code", "status"))
_SUCCESS = frozenset(("ok", "is_success"))
_SURE = frozenset(("password", "secret", "private key", "secret key"))
_FAILURE = frozenset(("is_error", "is_client_error", "is_server_error"))


@check(RULE)
def secret_in_log(record: LogRecord) -> Iterator[Alert]:
    """A record that carries a secret in its text, its arguments or its fields."""
    site = record.site
    if site.api.startswith("?.") and not _LOGGER.search(site.written):
        return
    operands = _positions.shown(tuple(operand for _, operand in site.args), _positions.as_numbers(record))
    told = _secrets.leaks(site, operands if record.message is None else (record.message, *operands))
    found = [one for one in told if one.kind != "token" or not _positions.is_position(one.name, site)]
    if not found:
        yield from _by_key(record, operands)
        return
    sure = sorted(found, key=lambda leak: list(Confidence).index(_confidence(record, leak)))
    first = sure[0]
    names = list(dict.fromkeys(f"`{leak.name}`" for leak in sure))[:3]
    at, end = _secrets.span(site)
    yield Alert(
        at=at,
        end=end,
        message=f"`{site.written}` writes {' and '.join(names)} ({_secrets.a(first.kind)}) "
        f"{_WHERE.get(record.sink, 'into the log')}, where people and machines keep it in clear.",
        fix="Leave it out, or log what identifies it without revealing it: an id, whether it is set, a keyed hash.",
        confidence=_confidence(record, first),
        steps=_secrets.steps(site, first, f"`{site.written}` writes it"),
        setting=_hidden_by([hiding(one.operand.value, one.kind) for one in sure]) if record.sink == "json" else "",
    )


def _by_key(record: LogRecord, operands: tuple[Operand, ...]) -> Iterator[Alert]:
    """`log.info({ password: value })`: what the value is called says nothing, the name that it is put under does."""
    items = [item for one in operands if one.value.kind == "dict" for item in (one.value.items or {}).items()]
    told = [(str(key), kind) for key, value in items if _is_plain(value) and (kind := sensitive.classify(str(key))) in _SURE]
    if not told or (record.sink in ("print", "console") and _secrets.is_for_terminal(record.site.path)):
        return
    at, end = _secrets.span(record.site)
    yield Alert(
        at=at,
        end=end,
        message=f"`{record.site.written}` writes what is put under `{told[0][0]}` ({_secrets.a(told[0][1] or '')}) "
        f"{_WHERE.get(record.sink, 'into the log')}, where people and machines keep it in clear.",
        fix="Leave it out, or log what identifies it without revealing it: an id, whether it is set, a keyed hash.",
        confidence=of_service(Confidence.MEDIUM, record.site.module),
        setting=_hidden_by([(hidden(str(key)), hidden("*")) for key, _ in told]) if record.sink == "json" else "",
    )


def _hidden_by(ways: list[tuple[str, ...]]) -> str:
    """What a logger must be told for that all the secrets are hidden; "" where it cannot hide one of them."""
    return "&".join("|".join(one) for one in ways) if all(ways) else ""


def _is_plain(value: Value) -> bool:
    """Whether it may be any text, and is nothing that a function of unknown purpose has made."""
    made = any(name.endswith("()") for name in (*value.apis, *value.types))
    known = any(one.label == "secret" or one.cleared & {"all", "log"} for one in value.all_origins())
    return value.open and not value.kind and not value.shapes and not made and not known


def _confidence(record: LogRecord, leak: Leak) -> Confidence:
    found = _secrets.confidence(leak, record.site.path)
    if (record.sink in ("print", "console") and _secrets.is_for_terminal(record.site.path)) or only_in_development(record.site):
        return Confidence.LOW
    if leak.kind == "token" and _secrets.is_short_mark(leak, record.site):
        return Confidence.LOW
    if record.site.api == "sys.stdout.write" and under_main(record.site):
        return Confidence.LOW  # what a program is started for: its result
    if _refused(record.site, leak.operand.node) or _is_missing(record.site, leak) or _in_development(record.site):
        return Confidence.LOW
    return of_service(found, record.site.module)


def _in_development(site: Site) -> bool:
    """Whether it runs where a switch says that people develop or test, alone: `if (env.isDevelopment) log(link)`."""
    around = (one for one in path_to(site) if isinstance(one, ir.If) and any(at.at <= site.node.at <= at.end for at in one.body))
    return any(_DEVELOPING.search(last_word(one.test)) or script_trials.holds(one.test) is False for one in around)


def _refused(site: Site, node: ir.Expr | None) -> bool:
    """Whether it is what an answer says that was no success: `if answer.status_code != 200: log(answer.text)`."""
    if not isinstance(node, ir.Attribute) or node.attr not in _BODIES:
        return False
    answer = written(node.value)
    around = (one for one in path_to(site) if isinstance(one, ir.If) and any(at.at <= site.node.at <= at.end for at in one.body))
    return any(_failed(one.test, answer) for one in around)


def _is_missing(site: Site, leak: Leak) -> bool:
    """`if (!key || typeof key !== "string") log({ key })`: there is none."""
    around = [one for one in path_to(site) if isinstance(one, ir.If) and any(at.at <= site.node.at <= at.end for at in one.body)]
    names = {
        one.id
        for operand in (leak.operand,)
        if operand.node is not None
        for one in ir.walk(operand.node)
        if isinstance(one, ir.Name)
    }
    return any(_says_missing(one.test, names) for one in around)


def _says_missing(test: ir.Expr, names: set[str]) -> bool:
    if isinstance(test, ir.Logical) and test.op == "or":
        return _says_missing(test.left, names) and _says_missing(test.right, names)
    if isinstance(test, ir.Unary) and test.op == "not":
        return isinstance(test.operand, ir.Name) and test.operand.id in names
    kind = test.left if isinstance(test, ir.Compare) and test.ops == ["!="] else None
    return isinstance(kind, ir.Unary) and kind.op == "typeof" and isinstance(kind.operand, ir.Name) and kind.operand.id in names


def _failed(test: ir.Expr, answer: str) -> bool:
    if isinstance(test, ir.Unary) and test.op == "not":
        return isinstance(test.operand, ir.Attribute) and test.operand.attr in _SUCCESS and written(test.operand.value) == answer
    if isinstance(test, ir.Attribute):
        return test.attr in _FAILURE and written(test.value) == answer
    if not isinstance(test, ir.Compare) or test.ops[0] not in ("!=", ">=", ">", "not in"):
        return False
    asked = (one for one in ir.walk(test.left) if isinstance(one, ir.Attribute))
    return any(one.attr in _STATUS and written(one.value) == answer for one in asked)
