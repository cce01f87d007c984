"""Links in mails whose host is what the request's `Host` header says."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.checks._untrusted import span
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HtmlMail, Operand
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Value
from backend_audit.source import SCRIPTS, Mark

RULE = "link-from-host-header"

_BODIES = ("text", "html", "TextBody", "HtmlBody")
_OF_HOST = frozenset(("host", "hostname", "origin", "href"))
_HEADERS = frozenset(("host", "x-forwarded-host"))
_ASKED = re.compile(r"""\(\s*["'`](?:x-forwarded-)?host["'`]\s*\)""", re.IGNORECASE)


@check(RULE, *SCRIPTS)
def link_from_host_header(mail: HtmlMail) -> Iterator[Alert]:
    """`sendMail({ to, text: `https://${req.headers.host}/reset/${token}` })`."""
    message = mail.site.arg("0")
    bodies = () if message is None else [one for key in _BODIES if (one := (message.value.items or {}).get(key)) is not None]
    origin = next((found for one in bodies if (found := _host(one)) is not None), None)
    if origin is None or message is None:
        return
    at, end = span(mail.site, Operand(message.value, None))
    told = f"is the host of a link in the mail that `{named(mail.site)}` sends"
    yield Alert(
        at=at,
        end=end,
        message=f"The request's `Host` header {told}: who asks for a reset in another's name has the link, and the token in it, "
        "lead to a host of their own.",
        fix="Take the address of the site from the configuration: `new URL('/reset', config.publicUrl)`.",
        confidence=Confidence.MEDIUM,
        steps=(*origin.marks(), Mark(mail.site.path, at, end, told)),
    )


def _host(value: Value) -> Origin | None:
    """The header's data where a text has the host of an address: behind `://`."""
    for shape in value.shapes:
        before = ""
        for part in shape.parts:
            if isinstance(part, str):
                before = part
                continue
            found = next((one for one in part.value.carries("untrusted", "url") if _is_host(one)), None)
            if found is not None and before.endswith("://"):
                return found
            before = ""
    return None


def _is_host(origin: Origin) -> bool:
    """`req.hostname`, `req.headers.host`, `req.get("host")`."""
    read = str(origin.key[0]).rpartition(".")[2]
    if read in ("get", "header"):
        return any(_ASKED.search(mark.note) for mark in origin.marks()[:1])
    return read in _OF_HOST or (read == "headers" and str(origin.key[-1]).lower() in _HEADERS)
