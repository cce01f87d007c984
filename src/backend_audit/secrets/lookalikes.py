"""Values under credential-like names that are something else: a name, a path, an address, a sentence, a type, a label."""

import hashlib
import re
from functools import lru_cache
from unicodedata import category

from backend_audit import ir
from backend_audit.secrets.names import Kind, has_credential_word
from backend_audit.secrets.values import traits, vocabulary, words

_SHAPES = re.compile(
    r"""(?:https?|wss?|ftp|file|urn|data|tcp|unix|git|ssh|mailto|chrome|app)://?.* | urn:.* | //\S+
      | \.{0,2}/[\w./{}:$@%-]*/?[\w.{}:$@%*?&=-]* | ~/.* | [A-Za-z]:\\.*
      | [\w./-]+\.(?:pem|key|crt|cer|json|ya?ml|txt|html?|js|ts|tsx|jsx|py|env|p12|pfx|jks|conf|cfg|ini|png|svg
        |css|md|sock|db|asc|pub)
      | [a-z]+/[a-z0-9.+-]+(?:;.*)? | [\w.+-]+@[\w-]+\.[\w.]+ | \$?[a-z]\w*\([^)]*\) | [\w.]+\(\)
      | <[^>]+>.* | [\^].*|.*\$(?:/[gimsuy]*)?
      | \d{1,3}(?:\.\d{1,3}){3}(?::\d+)? | \d{4}-\d\d-\d\d(?:[T ].*)? | v?\d+(?:\.\d+)+\S* | [+-]?\d+(?:\.\d+)?
      | (?:select|insert|update|delete|create|drop|alter|where|from|grant)\s.*
      | (?:true|false|yes|no|on|off|null|none|undefined|nan)
      | (?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+)(?:\s.*)? | -----BEGIN\s(?:RSA\s)?(?:PUBLIC|CERT|EC\sPARAM)[\s\S]*
      | MI[IG][A-Za-z0-9+/=]{200,}
      | (?:pk|pub|public)[-_](?:live|test|prod|lf)?[-_]?\w+
      | phc_\w+ | (?:rs|hs|es|ps)(?:256|384|512) | (?:sha|md|aes|rsa|hmac)-?_?\d+\S*
      | \#[0-9a-f]{3,8} | [\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|local|internal|app|cloud)(?:[:/]\S*)?
      | \*+ | [=:;,|&<>!?./\\-]+
      | arn:aws:.* | projects/.* | secret/.* | @?(?:[\w-]+/){2,}[\w.-]* | \{.*\} | \[.*\]
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_REGEX_PART = re.compile(r"\(\?[:=!<i]|\[\^?[\w\\]-?[\w\\]*[\]-]|\\[wdsbWDS]|\.[*+]\??$")
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_PLAIN_NAMES = re.compile(r"[a-z]{2,16}(?:\.[a-z]{2,16}){1,3}")  # `comment.ejs`: a kind of word, by the grammar it is of
_FOR_BROWSERS = re.compile(r"pub[0-9a-f]{32}")  # https://docs.datadoghq.com/account_management/api-app-keys/#client-tokens
_PACKAGE = re.compile(r"@[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9.-]*)+")  # of npm, with a scope
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$-]*(?:[.:][\w$-]+)*")
_HASH = re.compile(
    r"\$(?:2[abxy]?|argon2\w*|pbkdf2[\w-]*|scrypt|5|6|1|y|apr1)\$.*|(?:pbkdf2_|bcrypt|argon2|scrypt:|pbkdf2:|sha256\$|md5\$|\{SSHA\}).*"
)
_TYPES = vocabulary(
    "string str text varchar char boolean bool number int integer float object array date datetime file input "
    "hidden select checkbox radio email url textarea required optional readonly field type any unknown void never "
    "bytes json uuid slug basic bearer digest oauth oauth2 jwt session cookie header query body form none header-name "
    "http https ldap saml oidc openid api-key apikey totp otp sms authorization code grant refresh implicit "
    "client credentials sha md5 plain login logout id name value null true false public private protected omit "
    "include same-origin local global anonymous user username rsa dsa ecdsa ed25519 es rs hs ps hmac pem der pkcs "
    "raw hex base64 base64url utf8 utf16le latin1 binary ascii encrypted signed mask masked inherit"
)
_LABELS = re.compile(
    r"passwor[dt]|kennwort|mot de passe|contrase|senha|пароль|密码|密碼|パスワード|비밀번호|lösenord|wachtwoord|hasło|"
    r"adgangskode|salasana|enter |please|invalid|required|must |should |cannot|can't|failed|error|forgot|confirm|your |"
    r"reset|expired|missing|incorrect",
    re.IGNORECASE,
)


def is_password_hash(value: str) -> bool:
    """A password's hash (crypt, bcrypt, argon2, Django's, Werkzeug's): it helps guessing, it is not the password."""
    return _HASH.fullmatch(value) is not None


def is_sentence(value: str) -> bool:
    """Text for people: several words, most of them plain."""
    parts = value.split()
    if len(parts) < 2:
        return False
    plain = sum(part.strip(".,:;!?'\"()").isalpha() for part in parts)
    return len(parts) >= 5 or (plain * 2 >= len(parts) and (len(parts) >= 3 or has_credential_word(value) or value[0].isupper()))


def echoes(value: str, name: str) -> bool:
    """The value says its own name or that of a credential: `access_token`, `"password"`, `PASSWORD_FIELD`."""
    said = words(value)
    if not said or not _IDENTIFIER.fullmatch(value):
        return False
    own = set(words(name))
    return (set(said) <= own and has_credential_word(value)) or "".join(said) == "".join(words(name))


def names_a_credential(value: str) -> bool:
    """An identifier with a credential's word in it, such as `invalid_token` or `passwordField`."""
    return _IDENTIFIER.fullmatch(value) is not None and has_credential_word(value) and not traits(value).very_random


_DRAWN = 40  # as long as the keys that Django draws, of all signs that there are


@lru_cache(maxsize=4096)
def is_other_thing(value: str, kind: Kind) -> bool:
    """Whether the shape of `value` says that it is no secret of that kind."""
    told = traits(value)
    if not any(char.isascii() and not char.isspace() for char in value) and all(category(char)[0] in "LMZ" for char in value):
        return True  # words in another script: what a form calls a password
    if value.startswith("eyJ") and value.count(".") in {3, 4}:  # a JWE: what it holds is encrypted
        return True
    if kind is not Kind.PASSWORD and (_REGEX_PART.search(value) or _FOR_BROWSERS.fullmatch(value) or _PACKAGE.fullmatch(value)):
        return True
    drawn = kind is Kind.SECRET_KEY and told.very_random and told.length >= _DRAWN and told.spaces == 0
    if drawn and value[:1] in "^[{<" and not value.endswith(("$", "]", "}", ">")):
        return False
    if _SHAPES.fullmatch(value[:256]) and not (told.very_random and "/" not in value[:1] and not _is_locator(value)):
        return kind is not Kind.PASSWORD or not _like_a_password(value)
    if _ENV_NAME.fullmatch(value) and not told.very_random:
        return True
    if (
        _DOTTED.fullmatch(value)
        and (not told.random or _PLAIN_NAMES.fullmatch(value))
        and not (kind is Kind.PASSWORD and told.classes > 3)
    ):
        return True
    if value.lower() in _TYPES or is_sentence(value) or not value.isprintable():
        return True
    return kind is not Kind.PASSWORD and (told.spaces > 0 or any(ord(c) > 0x7E for c in value))


_LOCATORS = ("<", "{", "[", "^", "arn:", "ssh-", "ecdsa", "-----", "MII", "pk_", "pk-", "pub", "phc_")


def _is_locator(value: str) -> bool:
    return "://" in value or value.startswith(_LOCATORS)


def _like_a_password(value: str) -> bool:
    """Digits or a few symbols only: as good as any password (`12345678`, `p4$$`), unlike a path or a pattern."""
    return (
        (value.isdigit() and len(value) >= 4)
        or bool(re.fullmatch(r"[\w$!#@%+-]*\$", value))
        or bool(re.fullmatch(r"[\w.+-]{3,}@[\w-]{2,}\d[\w.]*", value))
    )


def is_label(value: str) -> bool:
    """What stands on a form or in a message catalogue under the key `password`."""
    if _LABELS.search(value):
        return True
    return value[:1].isupper() and value.isalpha() and value[1:].islower()


_DIGESTS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}  # by the length of their hex digits
_SHOWN_WORDS = ("secret", "password", "changeme", "change-me", "change_me", "test", "admin", "example")


def is_digest_of_name(value: str, name: str) -> bool:
    """Whether it is the digest of its own name, or of a word that manuals put there: who reads the name has the value."""
    algorithm = _DIGESTS.get(len(value))
    if algorithm is None or not re.fullmatch(r"[0-9a-fA-F]+", value):
        return False
    names = {name, name.lower(), name.lower().replace("_", "-"), name.lower().replace("-", "_")}
    texts = (one + end for one in sorted({*names, *_SHOWN_WORDS}) for end in ("", "\n"))
    return any(hashlib.new(algorithm, one.encode(), usedforsecurity=False).hexdigest() == value.lower() for one in texts)


def without_own_machine(items: list[ir.Item]) -> list[ir.Item]:
    """The entries of a mapping without a password that only repeats its user, for a database on the same machine."""
    texts = {_text(item.key).lower(): _text(item.value) for item in items if item.key is not None}
    repeats = texts.get("host") in _LOOPBACK and bool(texts.get("user")) and texts.get("user") == texts.get("password")
    return [item for item in items if not repeats or item.key is None or _text(item.key).lower() != "password"]


def _text(node: ir.Expr) -> str:
    return node.value if isinstance(node, ir.Const) and isinstance(node.value, str) else ""
