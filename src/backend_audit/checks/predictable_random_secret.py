"""Tokens, passwords and keys drawn from a generator whose next values can be computed."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import seeds_rows
from backend_audit.checks._operands import named
from backend_audit.checks._purpose import Purpose, purpose_of, secret_name, word_set
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import RandomValue
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import last_word, written

RULE = "predictable-random-secret"

_FIX = (
    "Use the `secrets` module: `secrets.token_urlsafe(32)` for tokens, `secrets.choice(alphabet)` for passwords, "
    "`secrets.randbelow(10**6)` for codes; or `random.SystemRandom()`."
)
_FIX_TIME = "Use `secrets.token_urlsafe(32)`, or `uuid.uuid4()` where a UUID is wanted."
_FIX_NODE = (
    "Use `crypto.randomBytes(32).toString('base64url')` for tokens, `crypto.randomUUID()` for identifiers, "
    "`crypto.randomInt(10 ** 6)` for codes."
)

_FEW = 100
_DRAWN = re.compile(r"uuid4|token_|urandom|rand|secrets\.")
_HARMLESS = word_set(
    "sleep delay jitter backoff retry wait shuffle sample test tests fake faker mock dummy demo color colour position simulate "
    "simulation noise percent probability probe choice temperature top expire expires expiry timeout ttl hour minute weekday "
    "cron crontab schedule"
)
_MADE_UP = word_set("fake faker mock dummy demo")
_LOCKS = word_set("lock locks locked mutex lease leases")
_LOGINS, _HOLDERS = word_set("username userName user_name login"), word_set("auth credentials creds")  # `auth: { username, … }`


@check(RULE)
def secret_from_a_predictable_generator(drawn: RandomValue) -> Iterator[Alert]:
    """`token = "".join(random.choice(letters) for _ in range(20))`."""
    purpose = purpose_of(drawn.site)
    found = _secret(purpose)
    if found is None or _picks_one(drawn) or _is_a_die(drawn) or _tells_rounds_apart(drawn):
        return
    name, confidence = found
    if seeds_rows(drawn.site.path):
        confidence = Confidence.LOW
    if _takes_one(drawn, name):
        return
    if drawn.weakness == "name":
        if not _is_drawn(drawn):
            yield Alert(
                node=drawn.site.node,
                message=f"`{name}` comes from `{named(drawn.site)}`, which computes it from its arguments: whoever knows or "
                "guesses them has it.",
                fix=_FIX_TIME,
                confidence=Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW,
            )
        return
    if drawn.weakness == "time":
        yield Alert(
            node=drawn.site.node,
            message=f"`{name}` comes from `{named(drawn.site)}`, which is the time and the machine's address: it can be guessed.",
            fix=advice(drawn.site, _FIX_TIME, _FIX_NODE),
            confidence=Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW,
        )
        return
    yield Alert(
        node=drawn.site.node,
        message=f"`{name}` must not be guessed, and `{named(drawn.site)}` can be: a few hundred of its values "
        "give all that follow.",
        fix=advice(drawn.site, _FIX, _FIX_NODE),
        confidence=confidence,
    )


def _secret(purpose: Purpose) -> tuple[str, Confidence] | None:
    """The secret that the value becomes, and how sure that is."""
    if "NX" in purpose.uses or not _LOCKS.isdisjoint(words(purpose.function)):
        return None  # by which a program knows a lock for its own
    for at, name in enumerate(purpose.uses):
        if set(words(name)) & _HARMLESS or _names_something(name):
            return None
        if name in _HOLDERS and not _LOGINS.isdisjoint(purpose.uses[:at]):
            continue
        if secret_name(name):
            made_up = any(not _MADE_UP.isdisjoint(words(one)) for one in purpose.uses[at : at + 3])  # `fake = { sid: … }`
            return None if made_up else (name, Confidence.HIGH if at < 8 else Confidence.MEDIUM)
    if purpose.function and secret_name(purpose.function) and not set(words(purpose.function)) & _HARMLESS:
        return purpose.function, Confidence.MEDIUM
    return None


def _names_something(name: str) -> bool:
    """`dbName`, `file_path`: by what something is found, and no secret."""
    said = words(name)
    return len(said) > 1 and said[-1] in ("name", "path", "dir", "folder", "filename")


def _takes_one(drawn: RandomValue, name: str) -> bool:
    """`apiKeys[Math.floor(Math.random() * apiKeys.length)]` takes one of several existing secrets; nothing is made."""
    function = drawn.site.function
    body = function.body if function is not None else drawn.site.module.body if drawn.site.module is not None else []
    return any(
        isinstance(one, ir.Index)
        and _holds_secrets(written(one.value).rpartition(".")[2], name)
        and any(part is drawn.site.node for part in ir.walk(one.index))
        for one in ir.walk(*body)
    )


def _holds_secrets(held: str, name: str) -> bool:
    """Whether a list is called like the secret that is taken from it, or like many of its kind: `messageServiceSids`."""
    many = words(held)[-1:]
    return held == name or many in (["ids"], ["sids"]) or (held.endswith("s") and secret_name(held[:-1]))


def _is_drawn(drawn: RandomValue) -> bool:
    """Whether one of the arguments is itself drawn at random, or a secret: `uuid5(namespace, secrets.token_hex())`."""
    calls = (
        one for _, given in drawn.site.args if given.node is not None for one in ir.walk(given.node) if isinstance(one, ir.Call)
    )
    return any(_DRAWN.search(written(one.func)) for one in calls) or any(
        given.value.carries("secret") for _, given in drawn.site.args
    )


def _tells_rounds_apart(drawn: RandomValue) -> bool:
    """Whether the value is only remembered and compared: `this.current = token; … if (token === this.current)`."""
    function = drawn.site.function
    nodes = [] if function is None else list(ir.walk(*function.body))
    names = {
        target.id
        for node in nodes
        if isinstance(node, ir.Assign) and node.value is not None and any(one is drawn.site.node for one in ir.walk(node.value))
        for target in node.targets
        if isinstance(target, ir.Name)
    }
    if len(names) != 1:
        return False
    compared = [part for node in nodes if isinstance(node, ir.Compare) for part in (node.left, *node.rights)]
    kept = [
        node.value for node in nodes if isinstance(node, ir.Assign) and all(isinstance(one, ir.Attribute) for one in node.targets)
    ]
    made = [one for node in nodes if isinstance(node, ir.Assign) for one in node.targets]
    fine = {id(one) for one in (*compared, *kept, *made) if one is not None}
    uses = [node for node in nodes if isinstance(node, ir.Name) and node.id in names]
    return any(id(one) in {id(part) for part in compared} for one in uses) and all(id(one) in fine for one in uses)


def _is_a_die(drawn: RandomValue) -> bool:
    """`random.randint(1, 9)`: so few numbers are no secret, whatever they are for."""
    call = drawn.site.call
    if call is None or drawn.site.api.rpartition(".")[2] not in ("randint", "randrange"):
        return False
    bounds = [arg.value.value for arg in call.args if isinstance(arg.value, ir.Const) and isinstance(arg.value.value, int)]
    return 0 < len(bounds) == len(call.args) and max(bounds) < _FEW


def _picks_one(drawn: RandomValue) -> bool:
    """`random.choice(api_keys)` takes one of several existing secrets; nothing is made."""
    call = drawn.site.call
    if call is None or not call.args or drawn.site.api.rpartition(".")[2] not in ("choice", "choices", "sample", "shuffle"):
        return False
    first = call.args[0].value
    if isinstance(first, ir.Call) and isinstance(first.func, ir.Attribute) and first.func.attr == "get":
        return True  # `random.choice(config.get("CLIENTS"))`
    name = last_word(first)
    return bool(name) and (secret_name(name.rstrip("s")) or secret_name(name) or words(name)[-1] in ("ids", "names"))
