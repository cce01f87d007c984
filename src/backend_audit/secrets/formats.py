"""Secrets that their own form gives away, in a text of any language: PEM blocks, URLs and DSNs with passwords, JWTs, headers."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from backend_audit.secrets.placeholders import Filler, filler


class Form(StrEnum):
    PEM = "private key"
    ENCRYPTED_PEM = "encrypted private key"
    URL = "connection URL"
    DSN = "connection string"
    JWT = "JSON web token"
    BASIC = "Basic header"
    BEARER = "Bearer header"


class Found(NamedTuple):
    """`value` is the secret part, at `at`…`end`; `point` is where a finding points at; `user` and `host` go with a password."""

    form: Form
    value: str
    at: int
    end: int
    point: tuple[int, int]
    user: str = ""
    host: str = ""
    scheme: str = ""


_PEM = re.compile(r"-----BEGIN (?P<label>[A-Z0-9 ]{0,24}?PRIVATE KEY(?: BLOCK)?)-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----")
# What may stand between the lines of a key that a program spells out: quotes, +, escapes, commas, indents, comment marks.
_BETWEEN = re.compile(r"\\+[nrt]|[\s\"'`+,\\|*#]+|(?:Proc-Type|DEK-Info|Version|Comment|Hash):[^\n\\]*")
_BODY = re.compile(r"[A-Za-z0-9+/=]+")
_PUTTY = re.compile(r"PuTTY-User-Key-File-[23]: [\s\S]{20,400}?Private-Lines: \d+\s+(?P<body>[A-Za-z0-9+/=\s]{40,})")
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,30})://(?P<user>[^\s:/@'\"`<>?#,()\[\]]{0,80}):(?P<password>[^\s/'\"`<>]{1,200}?)"
    r"@(?P<host>(?:[\w.-]|\[[0-9a-fA-F:]+\]|\$\{?\w+\}?|\{[\w.]*\}|%s)+)"
)
# Another keyword of a connection string, without which `password=…` is just code.
_DSN_WORD = re.compile(
    r"(?<![\w-])(?:server|host|hostname|data source|driver|dbname|database|initial catalog|uid|user|user id|username|port"
    r"|address)[ ]?=",
    re.IGNORECASE,
)
_DSN = re.compile(r"(?<![\w-])(?:password|pwd)[ ]?=[ ]?(?P<value>[^;'\"`\s,()&]{1,200})", re.IGNORECASE)
# What a regular expression finds there: `password=[\S]+`, `://\w+:[^@]*@`.
_PATTERN = re.compile(r"\(?(?:\?:)?(?:\[[^\]]+\]|\\[A-Za-z]|\.)(?:[+*]\??|\{\d+(?:,\d*)?\})\)?")
_SEGMENT_END = re.compile(r"[\"'`\n(]")
_JWT = re.compile(r"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{16,}")
_BASIC = re.compile(r"\bBasic (?P<code>[A-Za-z0-9+/]{6,200}={0,2})(?![A-Za-z0-9+/=\w])", re.IGNORECASE)
_BEARER = re.compile(
    r"\b(?:Bearer|Token|ApiKey|Api-Key) (?P<code>[A-Za-z0-9._~+/-]{12,400}={0,2})(?=[\"'`\\]|\s*$)", re.MULTILINE
)


def find(text: str) -> Iterator[Found]:
    """All of them, form by form; whether one is real is the judge's matter."""
    if "PRIVATE KEY" in text or "PuTTY-User-Key" in text:
        yield from _keys(text)
    if "://" in text and "@" in text:
        yield from _urls(text)
    lower = text.lower()
    if "pwd" in lower or "password" in lower:
        yield from _dsns(text)
    if "eyJ" in text:
        for match in _JWT.finditer(text):
            yield Found(Form.JWT, match[0], *match.span(), point=match.span())
    if "basic " in lower:
        yield from _basic(text)
    if "Bearer " in text or "Token " in text or "ApiKey " in text or "Api-Key " in text:
        for match in _BEARER.finditer(text):
            yield Found(Form.BEARER, match["code"], *match.span("code"), point=match.span("code"))


def _keys(text: str) -> Iterator[Found]:
    for match in _PEM.finditer(text):
        end, body = _body(text, match.end())
        if len(body) >= 40 and len(set(body)) >= 16:
            encrypted = match["label"].startswith("ENCRYPTED") or "ENCRYPTED" in text[match.end() : match.end() + 60]
            form = Form.ENCRYPTED_PEM if encrypted else Form.PEM
            yield Found(form, body, match.start(), end, point=match.span())
    for match in _PUTTY.finditer(text):
        yield Found(Form.PEM, match["body"], *match.span(), point=(match.start(), match.start() + 19))


def _body(text: str, at: int) -> tuple[int, str]:
    """The end of the block that begins at `at`, and its base64 characters whatever the program put between them."""
    parts: list[str] = []
    limit = min(len(text), at + 16_000)
    while at < limit:
        if stop := _PEM_END.match(text, at):
            return stop.end(), "".join(parts)
        if between := _BETWEEN.match(text, at):
            at = between.end()
        elif part := _BODY.match(text, at):
            parts.append(part[0])
            at = part.end()
        else:
            break
    return at, "".join(parts)


def _urls(text: str) -> Iterator[Found]:
    for match in _URL.finditer(text):
        if _PATTERN.fullmatch(match["password"]):
            continue
        found = Found(
            Form.URL, match["password"], *match.span("password"), match.span(), match["user"], match["host"], match["scheme"]
        )
        yield found


def _dsns(text: str) -> Iterator[Found]:
    """`Server=…;Password=…`, `host=… password=…`, `jdbc:…?user=…&password=…`: one literal, several keywords, no commas."""
    for match in _DSN.finditer(text):
        start = max(0, match.start() - 300)
        cuts = [cut.end() for cut in _SEGMENT_END.finditer(text, start, match.start())]
        begin = cuts[-1] if cuts else start
        stop = _SEGMENT_END.search(text, match.end(), match.end() + 300)
        segment = text[begin : stop.start() if stop else match.end() + 300]
        pieces = re.split(r"[;&? ]+", segment)
        literal = "," not in segment or ";" in segment  # else it may be keyword arguments
        literal = literal and not _PATTERN.fullmatch(match["value"])
        if literal and len(pieces) > 1 and (_DSN_WORD.search(segment) or segment.startswith("jdbc:")):
            yield Found(Form.DSN, match["value"], *match.span("value"), point=match.span("value"))


def _basic(text: str) -> Iterator[Found]:
    for match in _BASIC.finditer(text):
        decoded = decode_basic(match["code"])
        if decoded:
            yield Found(Form.BASIC, decoded[1], *match.span("code"), point=match.span("code"), user=decoded[0])


def decode_basic(code: str) -> tuple[str, str] | None:
    """User and password of the credential of a Basic header (RFC 7617); None when it is none."""
    try:
        text = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon and text.isprintable() else None


def _segment(part: str) -> dict[str, object] | None:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def jwt_is_secret(token: str) -> bool:
    """A signed token that is no public key of a service and not the sample of every tutorial."""
    head, payload = (_segment(part) for part in token.split(".")[:2])
    if head is None or payload is None or "alg" not in head or str(head["alg"]).lower() == "none":
        return False
    if payload.get("role") == "anon":  # Supabase hands this one to browsers
        return False
    return payload.get("name") != "John Doe" and filler(token.rpartition(".")[2]) is Filler.NONE
