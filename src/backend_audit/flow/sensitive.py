"""The vocabulary of secrets: what a name says about the value behind it.

A name is split into words (snake, kebab and camel case) and read from its end: `reset_token` is a token,
`token_url` a URL, `num_tokens` a number. Only names are judged here; what became of the
value (hashed, masked, measured) is flow's matter.
"""

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


_HEADER_NAME = re.compile(r"X(-[A-Za-z]+)+|Authorization|[Xx]-[a-z-]+", re.ASCII)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that are a secret wherever they end a name.
_CORES = {
    word: kind
    for kind, listed in {
        "password": "password passwords passwd passwds pwd pwds passphrase passphrases passcode passwort",
        "secret": "secret secrets",
        "token": "token jwt macaroon macaroons otpauth",
        "API key": "apikey apikeys adminkey",
        "private key": "privkey privatekey mnemonic xprv nsec",
        "secret key": "secretkey accesskey",
        "credential": "credential credentials creds authorization authorisation",
        "one-time code": "otp totp hotp",
        "session id": "sessionid jsessionid phpsessid sessid",
        "identity or card number": "ssn cvv cvc cvv2 creditcard debitcard iban",
    }.items()
    for word in listed.split()
}

# The end of a word that was written without a separator: `dbpassword`, `myapikey`.
_GLUED = re.compile(
    r"(?P<password>passwords?|passwd|passphrase)$|(?P<token>(?:access|auth|refresh|bearer|session|api|id)tokens?)$"
    r"|(?P<key>(?:api|secret|private|access)keys?)$|(?P<secret>(?:client|app|shared)secret)$"
)
_GLUED_KINDS = {"password": "password", "token": "token", "key": "secret key", "secret": "secret"}

# Pairs: the last word is a secret only after one of these.
_QUALIFIED: dict[str, tuple[frozenset[str], str]] = {
    "key": (
        _set(
            "secret private signing encryption decryption crypto auth authentication master hmac jwt shared "
            "access ssh aes rsa ecdsa ed25519 fernet account encrypt decrypt sign license deploy bot"
        ),
        "secret key",
    ),
    "tokens": (
        _set("access auth refresh bearer api session reset id oauth jwt personal device csrf invite"),
        "token",
    ),
    "pass": (
        _set("user db database smtp mail email admin root ftp ssh redis mysql postgres pg proxy login basic auth"),
        "password",
    ),
    "pw": (_set("user db database admin root plain raw new old current"), "password"),
    "code": (
        _set(
            "otp mfa 2fa fa totp verification verify confirmation auth authorization authorisation recovery "
            "backup password sms login security pin"
        ),
        "one-time code",
    ),
    "pin": (_set("user card new old login sms current reset security"), "one-time code"),
    "id": (_set("session"), "session id"),
    "cookie": (_set("session auth authentication remember"), "session id"),
    "header": (_set("auth authorization authorisation bearer"), "credential"),
    "number": (_set("card security passport bank"), "identity or card number"),
    "card": (_set("credit debit"), "identity or card number"),
    "security": (_set("social"), "identity or card number"),
    "seed": (_set("wallet master secret"), "private key"),
    "phrase": (_set("seed recovery"), "private key"),
}
_SESSIONS_OF = _set(
    "browser chat upload download game debug reading writing training recording copilot agent streaming vnc exercise listening "
    "study practice conversation editing import export checkout tmux terminal shell kernel"
)
_PLURALS = {"keys": "key", "codes": "code", "pins": "pin", "cookies": "cookie", "cards": "card", "headers": "header"}

# What may follow the secret word without making it something else.
_AFTER = _set(
    "plain plaintext clear cleartext raw text str string value val data bytes b64 base64 hex "
    "decrypted decoded confirm confirmation confirmed repeat repeated again new old current original "
    "given supplied entered provided temp tmp var pem json dict list obj"
)
_PREPOSITIONS = _set("for from of in by to on via as")

# Any of these in front makes it something else: a condition, a count, another kind of token or key, a form
# that reveals nothing.
_BEFORE = _set(
    "has have is are no not need needs require requires required should can could use uses using with "
    "without allow allows allowed enable enabled disable disabled show hide hidden num nb number n "
    "count max min total len length sum avg ignore skip valid invalid expired missing wrong bad "
    "public csrf xsrf crsf page paging pagination next prev previous continuation sync delta prompt "
    "completion input output special pad padding eos bos sep unk mask masked hashed hash encrypted "
    "encoded redacted censored obfuscated sanitized scrubbed anonymized lexer syntax stop start end "
    "cancel cancellation cancelled friendly design nft erc20 cursor resume forgot forgotten weak "
    "strong if"
)
_READ = _set("decoded parsed verified validated profile")  # claims that were read from a token, no token; ONVIF's profiles
_NO_CALLERS = _set(
    "cache lock lease fencing buster language lang locale word search since batch topological position offset bookmark "
    "checkpoint watermark index from to"
)  # tokens by which nobody signs in
_ALONE_NOT = _set("number pass code pin id cookie header card security seed phrase key pw")

_STORES = _set("database db postgres postgresql mysql mongo mongodb redis broker amqp rabbitmq")

# Calls of these do something with a secret and give back something else.
_ACTIONS = _set(
    "check verify validate reset change update hash compare test revoke delete remove destroy send "
    "encrypt set save store forgot invalidate confirm is has can require requires rotate refresh "
    "clear expire mask redact match matches authenticate login handle process register list count "
    "clean sanitize sanitise scrub strip hide censor obfuscate anonymize truncate shorten escape "
    "find search on prompt mail email notify encode sign index represent replace substitute select choose pick "
    "setup install configure apply approve assign attach write migrate enable disable upload"
)

# Random texts: what one is for, the name says that it is given (`request_id = token_hex(8)`).
_RANDOM = frozenset(("token_hex", "token_bytes", "token_urlsafe"))

# Types whose text is masked: what they hold has to be asked for (`get_secret_value()`).
SETTINGS = ("process.env.", "django.conf.settings.", "dynaconf.settings.")  # whose attributes are values of a configuration
MASKED_TYPES = frozenset(
    (
        "pydantic.SecretStr",
        "pydantic.SecretBytes",
        "pydantic.types.SecretStr",
        "pydantic.types.SecretBytes",
        "pydantic.v1.SecretStr",
        "pydantic.Secret",
        "starlette.datastructures.Secret",
    )
)


MADE_UP = re.compile(r"(?i)(^|[._])fak(e|er)([._]|$)")  # what Faker makes is nobody's secret


def words(name: str) -> list[str]:
    """The lower-case words of `name`: `dbPassword`, `DB_PASSWORD` and `db-password` give `["db", "password"]`."""
    return [word.lower() for word in _WORDS.findall(name)]


def is_no_secret(type_name: str) -> bool:
    """Whether objects of the type are paths, or hashes, whatever they are called."""
    return type_name.startswith("pathlib.") or type_name in ("os.PathLike", "crypto.Digest")


@lru_cache(maxsize=16384)
def names_header(text: str) -> bool:
    """Whether a text names a header rather than being what it holds: `os.environ.get("JWT_HEADER", "X-Api-Token")`."""
    return _HEADER_NAME.fullmatch(text) is not None


def classify(name: str, *, call: bool = False) -> str | None:
    """The kind of secret that a variable, attribute, key or parameter called `name` holds, or None.

    With `call`, `name` is a function and the question is what it returns:
    `get_password` a password, `check_password` none.
    """
    parts = words(name)
    if not parts or len(name) > 80:
        return None
    if call and (parts[0] in _ACTIONS or name in _RANDOM):
        return None
    for at, word in enumerate(parts):
        if at and word in _PREPOSITIONS:
            parts = parts[:at]
            break
    while len(parts) > 1 and (parts[-1] in _AFTER or parts[-1].isdigit()):
        parts.pop()
    if any(word in _BEFORE for word in parts[:-1]):
        return None
    return _kind(parts)


def given(function: str, name: str) -> str | None:
    """The kind of secret that a function gives by its name, unless its result is called an id: `item_id = add_credential()`."""
    kind = classify(function, call=True)
    is_id = kind is not None and words(name)[-1:] in (["id"], ["ids"])
    return classify(name) if is_id else kind


_READING = _set("parse decode inspect introspect describe tokenize")


def reads(function: str, given: list[str]) -> bool:
    """Whether a function says by its name that it looks at the token that it is given: `parse_token(token)`."""
    return not _READING.isdisjoint(words(function)[:1]) and any(classify(name) == "token" for name in given)


def _kind(parts: list[str]) -> str | None:
    if parts[-2:] == ["session", "id"] and not _SESSIONS_OF.isdisjoint(parts[:-2]):
        return None  # a session of something: who knows its id is signed in nowhere
    last = parts[-1]
    last = _PLURALS.get(last, last)
    before = parts[:-1]
    if last in ("key", "keys") and before and before[-1] in ("api", "apikey", "apis"):
        return "API key"
    if last == "key" and before and before[-1] == "private":
        return "private key"
    qualified = _QUALIFIED.get(last)
    if qualified is not None:
        needed, kind = qualified
        if any(word in needed for word in before[-2:]):
            return kind
        if last in _ALONE_NOT or before:
            return None
    kind_of_core = _CORES.get(last)
    if kind_of_core == "token" and not (_READ.isdisjoint(before) and _NO_CALLERS.isdisjoint(before[-1:])):
        return None
    if kind_of_core is not None:
        return kind_of_core
    glued = _GLUED.search(last)
    return _GLUED_KINDS[glued.lastgroup] if glued is not None and glued.lastgroup else None


# Attributes and methods through which a secret stays what it is.
_KEEPS = _set(
    "value raw text plain data body content string str encode decode strip lstrip rstrip lower upper replace format join "
    "hex read copy get pop getvalue get_value get_secret_value reveal to_string as_string __str__ __repr__ export_key "
    "private_bytes split partition removeprefix removesuffix title items values json dict model_dump to_dict tobytes"
)


@lru_cache(maxsize=4096)
def gives_away(step: str, asked: str = "") -> bool:
    """Whether the attribute or method `step` of a secret (asked for the key `asked`) is the secret still."""
    if asked and step in ("get", "pop", "getlist", "setdefault", "get_value"):
        return classify(asked) is not None
    return step in _KEEPS or classify(step) is not None


_PUBLIC = _set("id ids name username user email type scheme realm expires expiry")


@lru_cache(maxsize=4096)
def is_public(step: str) -> bool:
    """Whether what an object holds under a name is no secret, though it was read from one: `{ clientId, clientSecret }`."""
    return words(step)[-1:] != [] and words(step)[-1] in _PUBLIC and classify(step) is None


_GETTERS = _set("get find fetch read load lookup resolve query")
_KEY = re.compile(r"[A-Za-z_][\w.:-]*")


@lru_cache(maxsize=4096)
def gives_another_entry(function: str, asked: tuple[str, ...]) -> bool:
    """Whether a function that looks things up by name is asked for what is no secret: `get_config("smtp.server")`."""
    looks_up = words(function)[:1]
    named = bool(asked) and all(_KEY.fullmatch(one.strip()) is not None and classify(one) is None for one in asked)
    return named and bool(looks_up) and looks_up[0] in _GETTERS


def is_one(name: str) -> bool:
    """Whether a name stands for one secret, which has no elements: what is gone through is something that it describes."""
    last = words(name)[-1:]
    return bool(last) and not last[0].endswith("s")


def is_password_hash(name: str) -> bool:
    """Whether `name` is a hashed password: nothing to log or to send out, though not the password itself."""
    parts = words(name)
    return any(word in ("password", "passwd", "pwd", "pw") or word.endswith("password") for word in parts) and any(
        word in ("hash", "hashed", "digest", "salt", "hashes") for word in parts
    )


def is_connection_string(name: str) -> bool:
    """Whether `name` is an address that usually carries a user and a password in front of the host."""
    parts = words(name)
    if len(parts) < 2:
        return False
    if parts[-1] in ("url", "uri", "dsn"):
        return parts[-2] in _STORES
    return parts[-2:] == ["connection", "string"]
