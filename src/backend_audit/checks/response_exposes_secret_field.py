"""Answers that show fields which no client should read: hashes of passwords, secrets, tokens of other uses."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first, issues, makes
from backend_audit.checks._routes import called
from backend_audit.checks._sent import first_sent
from backend_audit.finding import CONFIDENCE_ORDER, Confidence
from backend_audit.flow import sensitive
from backend_audit.routes.model import Route, SchemaField, Shown
from backend_audit.source import Mark

RULE = "response-exposes-secret-field"
_FIX = {
    "declared": "Declare an answer with only the fields that a client needs (a class of its own, not the stored one).",
    "whole": "Declare a `response_model` with the fields that a client needs: without one every attribute of the object is sent.",
    "dumped": "Name the fields that go into the answer, or leave this one out.",
    "chosen": "Leave this one out.",
    "marshalled": "Make the field `load_only`, or leave it out (`exclude`).",
    "serializer": "Name the fields in `Meta.fields`, or make this one `write_only`.",
}
_FIX_ROW = (
    "Say which columns the answer needs (`select`, `attributes`, a projection), take the others out before it is sent, or let "
    "the model leave them out (`select: false`, `toJSON`)."
)
_CREDENTIALS = re.compile(
    r"token|session|cred(?:s|ential)|login|auth|secret|api_?key|key|invit|otp|webhook|config|setting", re.IGNORECASE
)
_OF_COMMANDS = frozenset(("cmd", "command", "args", "argv", "exit_code", "cmd_version"))
_ALWAYS = frozenset(("password", "private key"))
_OF_ROWS = frozenset(("password hash", "credential"))
_PERSONAL = frozenset(("identity or card number",))


@check(RULE)
def secret_in_answer(route: Route) -> Iterator[Alert]:
    """The secret fields of what a handler shows, one alert for each class shown: the first time that it is."""
    if not is_first(route) or route.kind != "http":
        return
    seen: set[tuple[str, str]] = set()
    for shown in route.shown:
        if (shown.owner.key, shown.how) in seen:
            continue
        open_fields = [field for field in shown.fields if not field.masked and not _is_folder(field, shown)]
        found = [(field, kind) for field in open_fields if (kind := kind_of(field))]
        told = [(field, kind, confidence) for field, kind in found if (confidence := _confidence(route, shown, field, kind))]
        if not told:
            continue
        seen.add((shown.owner.key, shown.how))
        best = min(told, key=lambda one: CONFIDENCE_ORDER.index(one[2]))
        shown_too = [(field, kind) for field, kind, confidence in told if confidence is best[2]]
        names = ", ".join(f"`{field.path}`" for field, _ in shown_too)
        kinds = ", ".join(dict.fromkeys(kind for _, kind in shown_too))
        field = best[0]
        yield Alert(
            path=shown.mark.path,
            at=shown.mark.at,
            end=shown.mark.end,
            message=f"{called(route)} answers with {_what(shown)}: {names} ({kinds}) "
            f"{'goes' if len(shown_too) == 1 else 'go'} to the client.",
            fix=_FIX[shown.how],
            confidence=best[2],
            steps=(
                field.mark,
                *([] if shown.said is None else [shown.said]),
                Mark(shown.mark.path, shown.mark.at, shown.mark.end, "is sent to the client here"),
            ),
            anchor=f"{route.name}:{shown.owner.name}:{field.path}",
        )


@check(RULE)
def secret_in_row(route: Route) -> Iterator[Alert]:
    """The same of rows that a handler of JavaScript answers with as the database gave them."""
    for row in route.rows_shown if is_first(route) and route.kind == "http" else ():
        names = [(name, mark, kind) for name, mark in row.fields if (kind := kind_of_name(name))]
        told = [one for one in names if one[2] in _ALWAYS or one[2] in _OF_ROWS]
        quiet = issues(route) or makes(route) or bool(_CREDENTIALS.search(row.entity))
        shown = told or names
        if not shown:
            continue
        listed = ", ".join(f"`{name}`" for name, _, _ in shown)
        kinds = ", ".join(dict.fromkeys(kind for _, _, kind in shown))
        yield Alert(
            path=row.mark.path,
            at=row.mark.at,
            end=row.mark.end,
            message=f"{called(route)} answers with every column of `{row.entity}`: {listed} ({kinds}) "
            f"{'goes' if len(shown) == 1 else 'go'} to the client.",
            fix=_FIX_ROW,
            confidence=Confidence.LOW if quiet and not told else Confidence.MEDIUM,
            steps=(shown[0][1], row.mark),
            anchor=f"{route.name}:{row.entity}:{shown[0][0]}",
        )


@check(RULE)
def secret_by_name(route: Route) -> Iterator[Alert]:
    """`{"hash": user.password_hash}`: one alert for a handler."""
    yield from first_sent(route, "stored", told=" of a stored object.", fix=_FIX["dumped"])


def _is_folder(field: SchemaField, shown: Shown) -> bool:
    """Whether `pwd` is the folder that a command ran in: it stands beside the command."""
    return field.name == "pwd" and any(one.owner is field.owner and one.name in _OF_COMMANDS for one in shown.fields)


def kind_of(field: SchemaField) -> str | None:
    """The kind of secret that a field holds, by its name."""
    return kind_of_name(field.name)


def kind_of_name(name: str) -> str | None:
    """The same of a name alone."""
    return "password hash" if sensitive.is_password_hash(name) else sensitive.classify(name)


def _what(shown: Shown) -> str:
    name = shown.owner.name.rpartition(".")[2]
    if shown.how == "declared":
        return f"`{name}`"
    return f"every attribute of `{name}`" if shown.how in ("whole", "dumped") else f"fields of `{name}`"


def _confidence(route: Route, shown: Shown, field: SchemaField, kind: str) -> Confidence | None:
    """How sure it is that the field is not for the client to read; None where showing it is what the answer is for."""
    meant = field.written_here and shown.how in ("declared", "serializer") and not shown.stored
    if kind == "password hash":
        return Confidence.HIGH
    if kind in _ALWAYS:
        if meant and (issues(route) or _CREDENTIALS.search(field.owner.name)):
            return Confidence.LOW
        return Confidence.HIGH if shown.stored else Confidence.MEDIUM
    if kind in _PERSONAL:
        return Confidence.LOW if meant else Confidence.MEDIUM
    named = bool(_CREDENTIALS.search(shown.owner.name))
    if meant and (named or issues(route)):
        return None  # a class made for handing it out
    if issues(route) or makes(route) or named or (shown.how == "declared" and not shown.stored):
        return Confidence.LOW
    return Confidence.MEDIUM
