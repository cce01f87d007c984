"""The verdict on what `formats.find` and `providers.find` report: real, a sample, or a template."""

import re

from backend_audit.finding import Confidence
from backend_audit.secrets.candidate import Place
from backend_audit.secrets.formats import Form, Found, jwt_is_secret
from backend_audit.secrets.judge import HIGH, LOW, MEDIUM, Verdict, lowered, placed
from backend_audit.secrets.names import Kind
from backend_audit.secrets.placeholders import Filler, filler
from backend_audit.secrets.providers import Hit
from backend_audit.secrets.values import traits, vocabulary, words

_GENERIC = vocabulary(
    "user username myusername myuser usr name login account myuser my admin_user db_user dbuser userid uid you me someone pass "
    "password passwd pwd pw mypassword secret passw0rd pass1 p w u foo bar baz joe john jane alice bob scott "
    "tiger dialect driver abc db_password dbpass db_pass your changeme example usuario apikey api_key token key "
    "none null undefined"
)
_SAMPLE_HOST = re.compile(
    r"(?:.*\.)?(?:example|invalid|test)(?:\.\w+)?|host(?:name)?|my-?(?:host|server|db)|server|foo|bar|some-?host|ip|domain\.\w+|proxy|.*\.example\..*"
)
_LOOPBACK = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal")
_SHOWN = frozenset({"placeholder", "example", "examples", "hint", "sample", "description", "help", "mask"})
_HOLE = re.compile(r"[{}]|\$\(|\$[A-Za-z_]|%s|%\(|<|>|\*{2,}|\.{3}|…|%[A-Z_]+%")


def judge_provider(hit: Hit, text: str, place: Place, name: str = "") -> Verdict:
    """A key that fits a provider's format is one; only what browsers get to see and test-mode keys count less."""
    confidence = HIGH
    if any(mark in text for mark in hit.provider.open_beside) or not _SHOWN.isdisjoint(words(name)):
        confidence = LOW
    elif not hit.provider.live or hit.provider.near:
        confidence = MEDIUM
    if place.template or place.described:
        confidence = lowered(confidence)
    return Verdict("provider-key-in-code", Kind.TOKEN, confidence, hit.provider.name)


def judge_form(found: Found, place: Place, *, prose: bool, fallback: bool) -> Verdict | None:
    """The verdict on a PEM block, a URL, a DSN, a JWT or a header; None for templates and samples."""
    verdict = _by_form(found, prose=prose)
    if verdict is None:
        return None
    confidence = verdict.confidence
    if verdict.rule != "private-key-in-code":
        own = verdict.rule == "password-in-connection-string"
        confidence = placed(confidence, place, found.value, own=own)
    rule = "secret-fallback-value" if fallback and verdict.rule == "password-in-connection-string" else verdict.rule
    return verdict._replace(rule=rule, confidence=confidence)


def _by_form(found: Found, *, prose: bool) -> Verdict | None:
    match found.form:
        case Form.PEM:
            return Verdict("private-key-in-code", Kind.SECRET_KEY, MEDIUM if prose else HIGH, found.form)
        case Form.ENCRYPTED_PEM:
            return Verdict("private-key-in-code", Kind.SECRET_KEY, LOW if prose else MEDIUM, found.form)
        case Form.JWT:
            return Verdict("hardcoded-token", Kind.TOKEN, MEDIUM, found.form) if jwt_is_secret(found.value) else None
        case Form.BEARER:
            told = traits(found.value)
            real = told.random and (told.mixed > 0 or told.very_random) and filler(found.value) is Filler.NONE
            return Verdict("hardcoded-token", Kind.HEADER, HIGH, found.form) if real else None
        case Form.BASIC:
            return Verdict("hardcoded-password", Kind.HEADER, _basic(found, prose=prose), found.form)
        case _:
            confidence = _connection(found, prose=prose)
            if confidence is None:
                return None
            return Verdict("password-in-connection-string", Kind.PASSWORD, confidence, found.form)


def _basic(found: Found, *, prose: bool) -> Confidence:
    made_up = filler(found.value) is not Filler.NONE or found.value.lower() in _GENERIC or "sesame" in found.value
    return LOW if made_up or prose else HIGH


def _connection(found: Found, *, prose: bool) -> Confidence | None:
    password, user = found.value, found.user
    if _HOLE.search(password) or len(password) < 2 or filler(password) in {Filler.REFERENCE, Filler.INSTRUCTION}:
        return None
    if found.form is Form.URL and (password.isdigit() and found.scheme in {"http", "https", "ws", "wss"} and not user):
        return None
    generic = password.lower() in _GENERIC or set(words(password)) <= _GENERIC
    host = found.host.lower()
    if (generic and (user.lower() in _GENERIC or not user or prose)) or _SAMPLE_HOST.fullmatch(host):
        return None
    told = traits(password)
    if prose:
        return MEDIUM if told.random else None
    if _LOOPBACK.fullmatch(host):
        weak = password == user or generic or filler(password) is Filler.DUMMY or (not told.random and _service(password, found))
        weak = weak or (password.isalpha() and password.islower() and not told.random)  # one word, on one's own machine
        return LOW if weak else MEDIUM
    if generic or filler(password) is Filler.DUMMY:
        return LOW if password == user else MEDIUM
    return HIGH if told.random or told.classes > 2 else MEDIUM


def _service(password: str, found: Found) -> bool:
    """The password that every installation of the service begins with."""
    return password.lower() in {"postgres", "root", "guest", "mysql", "redis", "mongo", "admin", "sa"} or password in found.scheme
