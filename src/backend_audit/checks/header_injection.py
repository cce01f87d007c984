"""Names and values of headers that come from a client."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HeaderWrite, Operand

RULE = "header-injection"
_EMPTY_LINE = re.compile(r"\r?\n\r?\n")
_HEADER = re.compile(r"(?i)(?:^|\n)(?:from|to|cc|bcc|subject|reply-to|sender|x-[\w-]+):[^\n]*$")
_FIX = "Choose the header's name in the program, and strip line breaks from its value: `value.replace('\\n', '')`, `\\r` too."
_MAIL_FIX = "Use `email.message.EmailMessage`, which refuses line breaks in headers, or strip them from the value."


@check(RULE)
def header_from_outside(header: HeaderWrite) -> Iterator[Alert]:
    """`response.headers[request.args["name"]] = "1"`."""
    fix = _MAIL_FIX if header.kind == "mail" else _FIX
    origin = reaching(header.name, "header")
    if origin is not None:
        yield alert(header.site, header.name, origin, does="names the header that {callee} sets", fix=fix)
        return
    origin = reaching(header.value, "header")
    if origin is not None and not header.checks:
        does = "becomes the value of a header in {callee}: a line break in it begins a header of the client's own"
        yield alert(header.site, header.value, origin, does=does, fix=fix, confidence=_sure(header))
        return
    if header.text is not None:
        yield from _message(header, header.text)
    if header.headers is not None and not header.checks:
        yield from _mapping(header, header.headers, fix)


def _mapping(header: HeaderWrite, headers: Operand, fix: str) -> Iterator[Alert]:
    value = headers.value
    entries = [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])] if value.kind else [value]
    for one in entries:
        origin = reaching(Operand(one, None), "header")
        if origin is not None:
            does = "becomes the value of a header in {callee}: a line break in it begins a header of the client's own"
            yield alert(header.site, headers, origin, does=does, fix=fix, confidence=_sure(header))
            return


def _sure(header: HeaderWrite) -> Confidence:
    return Confidence.LOW if header.server_checks else Confidence.MEDIUM


def _message(header: HeaderWrite, text: Operand) -> Iterator[Alert]:
    """`"Subject: " + subject + ending + body`: what stands before the first empty line of a message."""
    for shape in text.value.shapes:
        before = ""
        for part in shape.parts:
            if isinstance(part, str):
                before += part
                continue
            if _EMPTY_LINE.search(before):
                break
            origin = reaching(Operand(part.value, text.node), "header")
            if origin is not None and _HEADER.search(before):
                does = "becomes part of a mail's headers in {callee}: a line break in it begins a header of the client's own"
                yield alert(header.site, text, origin, does=does, fix=_MAIL_FIX, confidence=Confidence.MEDIUM)
                return
            before += "x"
