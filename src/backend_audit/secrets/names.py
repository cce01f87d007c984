"""What a name says about the value behind it: nothing, a password, a token, a key that signs or encrypts.

A name is read from its end, as English is: `reset_token` is a token, `token_url` a URL, `password_min_length` a length.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from backend_audit.secrets.values import vocabulary, words


class Kind(StrEnum):
    """What a secret is for; it chooses the rule."""

    PASSWORD = "password"  # noqa: S105 (a kind, not a secret)
    SECRET_KEY = "secret-key"  # noqa: S105 (signs, encrypts, keeps sessions)
    TOKEN = "token"  # noqa: S105 (tokens, API keys, client secrets: credentials that somebody else issued)
    HEADER = "header"  # an Authorization header: scheme and credential


class Naming(NamedTuple):
    """`sure`: the name means nothing but the secret itself. `own`: this application is what the secret protects."""

    kind: Kind
    sure: bool
    own: bool


_PASSWORD = vocabulary(
    "password passwd pwd passphrase passcode passwort kennwort psw pswd passwrd pass pw mdp senha contrasena clave "
    "requirepass motdepasse userpass "
    "dbpass dbpassword userpassword adminpassword mypassword userpwd dbpwd rootpassword passwords "
    "passwds pwds"
)
_UNSURE_PASSWORD = vocabulary("pass pw clave psw")
_GLUED = re.compile(
    r"(?P<password>[a-z]{2,}(?:password|passwd|passphrase|passwort|passwd))"
    r"|(?P<token>[a-z]*(?:access|auth|api|bearer|bot|refresh|id|user|github|gitlab|slack|session)tokens?)"
    r"|(?P<api>[a-z]*(?:api|access|auth|account|service|subscription)keys?)"
    r"|(?P<key>[a-z]*(?:secret|private|signing|encryption|jwt|session|cookie|hmac)keys?)"
    r"|(?P<secret>[a-z]*(?:client|app|api|shared|consumer|webhook|oauth|auth)secret)"
    r"|(?P<own>[a-z]*(?:jwt|session|cookie|token)secret)"
)
_OWN = vocabulary(
    "signing sign signature encryption encrypt encrypter crypto cipher cypher jwt jws jwe session cookie cookies hmac "
    "fernet aes des rsa flask django master security csrf xsrf app application server site state nonce field vault "
    "decryption decrypt keystore hash hashing totp otp"
)
_ISSUED = vocabulary(
    "api access auth account service subscription storage deploy license licence app sdk ingest write server admin "
    "application rest developer dev client consumer customer partner integration webhook bot project user private ssh "
    "stripe openai anthropic sendgrid mailgun mailchimp mandrill twilio aws azure gcp google github gitlab slack paypal "
    "braintree square shopify algolia datadog newrelic sentry firebase fcm gcm pusher nexmo vonage plivo telegram discord "
    "facebook twitter linkedin instagram dropbox heroku cloudflare cloudinary digitalocean s3 minio elastic maps weather "
    "recaptcha captcha hcaptcha turnstile razorpay adyen plaid intercom zendesk hubspot salesforce okta auth0 supabase "
    "mixpanel segment amplitude honeycomb grafana pinecone cohere groq mistral deepl replicate weibo wechat alipay oss "
    "cos qiniu tinify fastly bugsnag rollbar airtable notion linear jira bitbucket circleci travis npm pypi steam "
    "spotify youtube tmdb bing serpapi mapbox here ipinfo"
)
# Tokens of languages, pages, parsers, models; keys of maps. Their word before the last says so.
_NO_TOKEN = vocabulary(
    "next page pagination continuation cursor sync cancel cancellation stop start end eos bos unk pad sep cls mask special "
    "lexer lex syntax parser current prev previous peek look string number operator keyword identifier open close "
    "delimiter separator design style theme color font css text max min injection abort di begin block inline comment "
    "state friendly since from to batch topological position offset bookmark checkpoint watermark"
)
_NO_KEY = vocabulary("public primary foreign sort cache partition host site dict map group row query routing idempotency")
# A word anywhere in the name that makes it a fact about a secret and not the secret.
_ABOUT = vocabulary(
    "public publishable pub pubkey invalid missing expired forgot forgotten hashed encrypted masked redacted min max num "
    "count is has have show hide need needs require required requires allow allowed enable enabled disable disabled use "
    "uses using with without no not bad incorrect weak mismatch should can must total len length unauthorized lost "
    "recover recovery banned blocked denied revoked blacklisted denylisted compromised"
)
_VERBS = vocabulary("reset change changing update check verify validate confirm generate regenerate rotate forgot store save "
              "compare hash match encrypt decrypt parse remove delete clear toggle on handle validating")  # fmt: skip
_GETTERS = vocabulary("get fetch load read default make create build")
# What may stand after the secret word and leave it the secret.
_AFTER = vocabulary(
    "default value val str string base64 b64 hex bytes byte plain plaintext raw prod production dev develop development "
    "staging stage local test testing live sandbox old new current fallback const primary secondary main again repeat "
    "confirm confirmation 1 2 3 4 5 6 7 8 9 0 v1 v2 v3 admin root user demo secret literal real ok good right correct data"
)
_HEADERS = vocabulary("authorization authorisation")


def _key(before: tuple[str, ...]) -> Naming | None:
    """A name that ends in `key`: which key it is, the words before tell."""
    if not before or before[-1] in _NO_KEY:
        return None
    last = before[-1]
    if last == "secret" or (last in _OWN and last not in {"app", "application", "server", "site", "state", "field"}):
        # AWS and the like call the secret half of a pair "secret key"
        issued = last == "secret" and any(word in _ISSUED - {"app", "server", "auth"} for word in before[:-1])
        return Naming(Kind.TOKEN, True, False) if issued else Naming(Kind.SECRET_KEY, True, True)
    if last == "private":
        return Naming(Kind.SECRET_KEY, True, False)
    if last in {"api", "access", "account", "subscription"}:
        return Naming(Kind.TOKEN, True, False)
    if last in _ISSUED or last in _OWN:
        return Naming(Kind.TOKEN, False, False)
    return None


def _secret(before: tuple[str, ...]) -> Naming:
    last = before[-1] if before else ""
    own = not before or last in _OWN - {"app", "application", "otp", "totp"} or last in {"super", "top", "my"}
    return Naming(Kind.SECRET_KEY if own else Kind.TOKEN, True, own)


def _glued(word: str) -> Naming | None:
    match = _GLUED.fullmatch(word)
    if match is None:
        return None
    group = match.lastgroup
    if group == "password":
        return Naming(Kind.PASSWORD, True, True)
    if group in {"key", "own"}:
        return Naming(Kind.SECRET_KEY, True, True)
    return Naming(Kind.TOKEN, True, False)


def _head(before: tuple[str, ...], last: str) -> Naming | None:
    if last in _PASSWORD:
        return Naming(Kind.PASSWORD, last not in _UNSURE_PASSWORD, True)
    if last in {"secret", "secrets"}:
        return _secret(before)
    if last in {"token", "tokens", "pat"}:
        if last == "pat" and not before:
            return None
        return None if before and before[-1] in _NO_TOKEN else Naming(Kind.TOKEN, last == "token", False)
    if last in {"key", "keys"}:
        return _key(before)
    if last in _HEADERS:
        return Naming(Kind.HEADER, True, False)
    if last in {"apikey", "apikeys"}:
        return Naming(Kind.TOKEN, True, False)
    if last in {"secretkey", "privatekey"}:
        return Naming(Kind.SECRET_KEY, True, True)
    if last in {"credential", "credentials", "creds", "verifier", "auth", "bearer", "jwt", "pepper", "pin"}:
        return Naming(Kind.TOKEN, False, False) if before or last not in {"pin", "verifier"} else None
    return _glued(last)


@lru_cache(maxsize=8192)
def classify(name: str) -> Naming | None:
    """The kind of secret that a variable, key, keyword, header or option of this name holds; None if none."""
    if len(name) > 100:
        return None
    said = words(name)
    if said and said[0] in _GETTERS and len(said) > 1:
        said = said[1:]
    while (
        len(said) > 1
        and (said[-1] in _AFTER or said[-1].isdigit())
        and not (said[-1] == "secret" or (said[-1] == "user" and len(said) == 1))
    ):
        said = said[:-1]
    if said == ("secret",) and words(name)[-1] == "user":
        return None  # `SECRET_ROOT_USER`: of an application whose settings begin so
    if not said or said[0] in _VERBS or not _ABOUT.isdisjoint(said):
        return None
    return _head(said[:-1], said[-1])


def has_credential_word(text: str) -> bool:
    """Whether the words of `text` include one for a credential (a value such as `invalid_password` names, it is none)."""
    return not _CREDENTIAL_WORDS.isdisjoint(words(text)) or _CREDENTIAL_PARTS.search(text.lower()) is not None


_CREDENTIAL_WORDS = (_PASSWORD - {"clave", "pass", "pw"}) | vocabulary("secret token key apikey auth credential credentials")
_CREDENTIAL_PARTS = re.compile(r"passw|secret|token|apikey|credential")
