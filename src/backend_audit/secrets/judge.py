"""What a candidate is: a verdict with a rule and a confidence, or nothing. Pure; one candidate at a time."""

import re
from base64 import b64decode
from contextlib import suppress
from typing import NamedTuple

from backend_audit.finding import CONFIDENCE_ORDER, Confidence
from backend_audit.secrets.candidate import Candidate, How, Place
from backend_audit.secrets.lookalikes import (
    echoes,
    is_digest_of_name,
    is_label,
    is_other_thing,
    is_password_hash,
    is_sentence,
    names_a_credential,
)
from backend_audit.secrets.names import Kind, Naming, classify
from backend_audit.secrets.placeholders import Filler, filler
from backend_audit.secrets.values import is_uuid, traits, vocabulary, words

RULES = {
    Kind.PASSWORD: "hardcoded-password",
    Kind.SECRET_KEY: "hardcoded-secret-key",  # backend-audit: ignore[hardcoded-secret-key] the name of the rule
    Kind.TOKEN: "hardcoded-token",
    Kind.HEADER: "hardcoded-token",
}
FALLBACK = "secret-fallback-value"

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
_JWK_PRIVATE = frozenset({"d", "k"})
_LOGIN_NAMES = frozenset({"user", "username", "login", "email", "account", "uid", "host", "hostname", "server", "database", "db"})
_PUBLIC_HALVES = frozenset(
    tuple(pair.split()) for pair in ("key id", "client id", "app id", "account sid", "account id", "tenant id", "consumer key")
)
_FAMOUS = frozenset({"admin", "administrator", "root", "toor", "guest", "letmein", "qwerty", "welcome"})
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")  # Google's, in four groups of letters
_SESSION_OPTIONS = frozenset({"resave", "saveUninitialized"})
_PATTERNS = frozenset({"regex", "regexp", "pattern", "re"})
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_FOR_TRIALS = frozenset({("test",), ("dummy",), ("fake",), ("mock",), ("example",), ("sample",), ("dev",)})
_MADE_UP = frozenset({"dummy", "fake", "build", "ci", "mock", "stub", "unused", "ignored", "irrelevant"})


class Verdict(NamedTuple):
    """`kind` chooses the words of the message; `leading` characters of the value may be shown."""

    rule: str
    kind: Kind
    confidence: Confidence
    what: str = ""


_STATES = vocabulary(  # what may stand in the place of a secret to say that there is none
    "forbidden unauthorized invalid expired revoked missing unknown undefined none null disabled pending anonymous denied "
    "rejected failed failure error unset empty inactive deleted notfound not_found unavailable"
)


def lowered(confidence: Confidence, steps: int = 1) -> Confidence:
    """The confidence so many steps down, at least low."""
    return CONFIDENCE_ORDER[min(CONFIDENCE_ORDER.index(confidence) + steps, len(CONFIDENCE_ORDER) - 1)]


def judge(candidate: Candidate, place: Place) -> Verdict | None:
    """The verdict on a candidate with a name (those of a form of their own are `forms.py`'s)."""
    if _is_jwk_member(candidate):
        return Verdict("private-key-in-code", Kind.SECRET_KEY, HIGH, "JWK")
    if candidate.how is How.COMPARED and candidate.value.lower() in _STATES:
        return None  # `token === "Forbidden"`
    naming = _naming(candidate)
    clear = _clear_text(candidate.value)
    if clear is not None and (filler(clear) is not Filler.NONE or names_a_credential(clear)):
        candidate = candidate._replace(value=clear)  # a Kubernetes secret of a placeholder
    if is_digest_of_name(candidate.value, candidate.name) or is_digest_of_name(clear or "", candidate.name):
        return None  # `echo -n secret-key | sha256sum`, as a manual shows it
    if naming is None or not 3 <= len(candidate.value) <= 1000 or _is_its_variable(candidate):
        return None
    confidence = HIGH if not place.locale and _is_raw_key(candidate, naming) else _confidence(candidate, naming, place)
    if confidence is None:
        return None
    if candidate.how is How.PROSE:
        confidence = max(confidence, MEDIUM, key=CONFIDENCE_ORDER.index)
    if is_password_hash(candidate.value) or (candidate.how is How.ASSIGNED and words(candidate.name)[:1] in _FOR_TRIALS):
        confidence = LOW
    if candidate.trial and naming.own:
        confidence = LOW
    rule = FALLBACK if candidate.how is How.FALLBACK else RULES[naming.kind]
    return Verdict(rule, naming.kind, placed(confidence, place, candidate.value, own=naming.own))


def _clear_text(value: str) -> str | None:
    """The words that a text in base64 says, if it says any."""
    if len(value) % 4 or len(value) < 8 or not _BASE64.fullmatch(value):
        return None
    with suppress(ValueError):  # not base64, or not of words
        text = b64decode(value, validate=True).decode("ascii").strip()
        return text if text.isprintable() else None
    return None


def placed(confidence: Confidence, place: Place, value: str, *, own: bool) -> Confidence:
    """What the kind of file leaves of a confidence. `own` secrets protect what runs this code, elsewhere a service."""
    if place.local or place.described or (place.pipeline and (own or (value.isalpha() and value.islower()))):
        return LOW
    if place.template and not traits(value).very_random:
        return LOW
    return lowered(confidence) if place.test or place.template else confidence


def _is_its_variable(candidate: Candidate) -> bool:
    """`SIGNING_SECRET = env.str("SIGNING_SECRET")`: the name of the variable that holds it; `{ secretKey: "secretKey" }`."""
    if candidate.value != candidate.name:
        return False
    listed = candidate.how is How.KEYED and len(words(candidate.value)) > 1
    return listed or ("_" in candidate.value and candidate.value.isupper())


def _is_raw_key(candidate: Candidate, naming: Naming) -> bool:
    """A key of raw bytes, as a generator printed them; words of a language that is no English are none."""
    if any(ord(char) > 0xFF for char in candidate.value) or candidate.value.replace(" ", "").isalpha():
        return False
    odd = sum(not (" " <= char <= "~") for char in candidate.value)
    short = 8 <= len(candidate.value) <= 128
    return (
        naming.kind is Kind.SECRET_KEY and naming.sure and short and odd >= 2 and not any(map(str.isspace, candidate.value[:1]))
    )


def _is_jwk_member(candidate: Candidate) -> bool:
    if candidate.name not in _JWK_PRIVATE or "kty" not in candidate.siblings:
        return False
    return len(candidate.value) >= 20 and traits(candidate.value).random


def _naming(candidate: Candidate) -> Naming | None:
    if candidate.reading:
        return Naming(Kind(candidate.reading), True, candidate.reading != Kind.TOKEN)
    naming = classify(candidate.name)
    if candidate.how is How.FALLBACK and candidate.source:
        naming = classify(candidate.source) or naming
    return naming


def _confidence(candidate: Candidate, naming: Naming, place: Place) -> Confidence | None:
    value = candidate.value
    if "\n" in value.strip():
        return None
    if naming.kind is Kind.PASSWORD and _APP_PASSWORD.fullmatch(value) and traits(value).mean > 3.7:
        return HIGH
    stand_in = filler(value)
    if _is_pattern(candidate):
        return None
    if stand_in is Filler.REFERENCE or (is_other_thing(value, naming.kind) and not _worded_key(candidate, naming)):
        return None
    if naming.kind is Kind.HEADER:
        return None if place.locale else _header(candidate)
    if (said := _clear_text(value)) is not None and is_sentence(said):
        return None  # what manuals encode to show that something is encoded
    told = traits(value)
    if ((candidate.listed and not candidate.reading) or place.locale) and not (
        told.very_random and told.mixed > 1 and value.isascii()
    ):
        return None
    if candidate.how is How.PROSE:
        return MEDIUM if told.random and stand_in is Filler.NONE and not is_uuid(value) and told.mixed else None
    if not naming.sure and naming.kind is not Kind.PASSWORD:
        return MEDIUM if told.very_random and stand_in is Filler.NONE and not is_uuid(value) else None
    if naming.kind is Kind.PASSWORD:
        return _password(candidate, naming, place, stand_in)
    named = not told.very_random and (names_a_credential(value) or _names_an_entry(candidate) or _is_part_of_its_name(candidate))
    if candidate.how is How.COMPARED and naming.own and naming.kind is Kind.SECRET_KEY:
        return LOW  # a known key is looked for, to turn it away
    if stand_in is Filler.NONE and told.random and not named and not (is_uuid(value) and not naming.sure):
        return HIGH if told.very_random or naming.own else MEDIUM
    return _known_key(candidate, naming, stand_in)


def _worded_key(candidate: Candidate, naming: Naming) -> bool:
    """`SECRET_KEY = "secret key"`: a setting in words is as bad a key as one without spaces."""
    setting = candidate.name.isupper() and candidate.how is How.ASSIGNED
    setting |= candidate.reading != "" or not _SESSION_OPTIONS.isdisjoint(candidate.siblings)
    parts = candidate.value.split()
    worded = 2 <= len(parts) <= 4 and all(part.isalnum() for part in parts)
    return setting and worded and naming.sure and naming.kind is Kind.SECRET_KEY


def _header(candidate: Candidate) -> Confidence | None:
    """`Authorization: <scheme> <credential>`; Basic and Bearer are judged by their form, so this is a bare credential."""
    scheme, _, rest = candidate.value.partition(" ")
    credential = rest or scheme
    told = traits(credential)
    return MEDIUM if told.random and filler(credential) is Filler.NONE else None


def _password(candidate: Candidate, naming: Naming, place: Place, stand_in: Filler) -> Confidence | None:
    value, how = candidate.value, candidate.how
    told = traits(value)
    with_login = not _LOGIN_NAMES.isdisjoint(word for name in candidate.siblings for word in words(name)[-1:])
    if stand_in is Filler.INSTRUCTION:
        return MEDIUM if how is How.FALLBACK and naming.own else LOW
    if how is How.FALLBACK and value == "guest":
        return LOW  # brokers let it in from their own machine alone, and refuse it aloud from others
    if echoes(value, candidate.name):
        if how is How.FALLBACK or (place.config and candidate.name.isupper()):  # POSTGRES_PASSWORD=password
            return MEDIUM
        return LOW if with_login else None
    if names_a_credential(value) and stand_in is not Filler.DUMMY and not value[-1].isdigit():
        return LOW if with_login or how is How.COMPARED else None
    if how is How.COMPARED:
        return HIGH if told.length >= 4 and (told.classes > 1 or stand_in is Filler.NONE) else MEDIUM
    if stand_in is Filler.DUMMY:
        chosen = with_login or how in {How.FALLBACK, How.ASSIGNED, How.DEFAULTED}
        famous = value.lower() in _FAMOUS and (with_login or candidate.name.isupper())
        return MEDIUM if famous or (chosen and (told.classes > 1 or value.isdigit())) else LOW
    if told.random or (told.classes >= 3 and told.spaces == 0) or any(c.isdigit() for c in value):
        return HIGH
    if is_label(value) or (told.spaces and not place.config):
        return LOW if with_login else None
    return MEDIUM if naming.sure or with_login or told.mean > 4 else LOW


def _is_pattern(candidate: Candidate) -> bool:
    """A regular expression that finds secrets, by its name and its signs."""
    return not _PATTERNS.isdisjoint(words(candidate.name)) and any(sign in candidate.value for sign in ("[", "\\", "(", "*", "+"))


def _names_an_entry(candidate: Candidate) -> bool:
    """`USER_SESSION_KEY = "auth_user_id"`: under which key of a session something is kept."""
    said = words(candidate.value)
    kept = words(candidate.name)[-2:]
    in_session = kept == ("session", "key") or (kept == ("cookie", "key") and candidate.name.isupper())
    in_session &= candidate.value.isidentifier()
    private = candidate.value.startswith("_") and "secret" not in words(candidate.name)
    worded = len(said) > 1 and (
        "_" in candidate.value or "-" in candidate.value or all(len(word) > 2 and word.isalpha() for word in said)
    )
    return private or (in_session and worded and "secret" not in said)


def _names_itself(candidate: Candidate) -> bool:
    """`SIGNATURE_KEY = "signature"`, `bannerCookieKey = "banner_cookie"`: what that is called in a mapping, a cookie."""
    name, said = words(candidate.name), words(candidate.value)
    if name[-1:] != ("key",) or not said or "secret" in said:
        return False
    if name == ("session", "key") and said[-2:] == name:
        return True  # `SESSION_KEY = "shop-session-key"`
    if not candidate.name.isupper() and candidate.value.isidentifier() and said[: len(name) - 1] == name[:-1] and len(name) > 1:
        return True  # `cookie_key = "cookie_temp"`
    within = len(said) > 1 and candidate.value.isidentifier() and "".join(said) in "".join(name[:-1])
    return within or name[-1 - len(said) : -1] == said


def _is_part_of_its_name(candidate: Candidate) -> bool:
    """`CATEGORY_SERVICE_TOKEN = "CategoryService"`: by what a container knows a service."""
    said = words(candidate.value)
    return len(said) > 1 and set(said) < set(words(candidate.name))


def _is_paired(candidate: Candidate) -> bool:
    """The public half stands beside it (`accessKeyId`, `client_id`, `username`): the two are a whole credential."""
    return any(words(name)[-2:] in _PUBLIC_HALVES for name in candidate.siblings if name != candidate.name)


def _known_key(candidate: Candidate, naming: Naming, stand_in: Filler) -> Confidence | None:
    """A key or token that reads like words: for what this program itself signs with, a known key is as bad as a leaked one."""
    value, how = candidate.value, candidate.how
    if not naming.own:
        told = traits(value)
        if stand_in is not Filler.NONE or len(value) < 8 or (names_a_credential(value) and not told.classes > 2):
            return None
        if _is_paired(candidate) and naming.sure and not value.isupper():
            return MEDIUM
        return LOW if told.mixed >= 2 and len(value) >= 12 else None
    if how is How.COMPARED:
        return None
    if _names_an_entry(candidate) or _names_itself(candidate):
        return LOW
    if how is How.FALLBACK or candidate.reading:
        return MEDIUM if len(value) > 3 else LOW
    if stand_in is Filler.INSTRUCTION or not _MADE_UP.isdisjoint(words(value)):
        return LOW
    constant = candidate.name.isupper() or how in {How.ASSIGNED, How.PASSED} or "secret" in words(candidate.name)
    if echoes(value, candidate.name):
        return MEDIUM if candidate.name.isupper() and words(value) != words(candidate.name) else LOW
    if names_a_credential(value) and "_" in value and stand_in is Filler.NONE and how is not How.ASSIGNED:
        return LOW
    return MEDIUM if constant and len(value) > 3 else LOW
