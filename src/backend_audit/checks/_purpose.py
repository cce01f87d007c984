"""What a value is used for, read from the names around it: where it is stored, passed and returned in its own function."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.sensitive import classify, words
from backend_audit.flow.written import last_word

_HOPS = 4
_CREATES = frozenset("create acreate get_or_create aget_or_create update_or_create aupdate_or_create".split())


def word_set(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


@dataclass(slots=True)
class Purpose:
    """`uses` are the names that the value reaches, nearest first; `inputs` those of the data that it is made of."""

    uses: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    function: str = ""


def purpose_of(site: Site) -> Purpose:
    """What the value made at `site` is used for."""
    found = Purpose(function=site.function.name if site.function is not None else "")
    for arg in site.call.args if site.call is not None else ():
        found.inputs.extend(names_in(arg.value))
    body: list[ir.Stmt] = []
    if site.function is not None:
        body = site.function.body
    elif site.module is not None:
        body = site.module.body
    _Uses(body, found).follow(site.node if site.call is None else site.call, _HOPS)
    return found


def names_in(node: ir.Node) -> Iterator[str]:
    """The identifiers, attribute names and short string constants in `node`."""
    for one in ir.walk(node):
        if isinstance(one, ir.Name):
            yield one.id
        elif isinstance(one, ir.Attribute):
            yield one.attr
        elif isinstance(one, ir.Const) and isinstance(one.value, str) and len(one.value) <= 40:
            yield one.value


_GENERAL = word_set("value val data text string content payload default object obj input message result kwargs")
_TELLS = frozenset("emit trigger publish broadcast dispatchEvent".split())


class _Uses:
    """Follows a value through the assignments of one body."""

    def __init__(self, body: list[ir.Stmt], found: Purpose) -> None:
        self.found = found
        self.parents: dict[int, ir.Node] = {}
        self.loads: dict[str, list[ir.Name]] = {}
        self.seen: set[str] = set()
        self.functions: dict[int, str] = {}
        for statement in body:
            self._index(statement)

    def _index(self, root: ir.Node) -> None:
        stack = [root]
        while stack:
            one = stack.pop()
            if isinstance(one, ir.Name):
                self.loads.setdefault(one.id, []).append(one)
            for child in ir.children(one):
                self.parents[id(child)] = one
                stack.append(child)

    def follow(self, node: ir.Node, hops: int) -> None:
        """Note where the value of expression `node` goes."""
        current = node
        while True:
            parent = self.parents.get(id(current))
            if parent is None:
                return
            if isinstance(parent, ir.Assign):
                if parent.value is current:
                    self._assigned(parent, hops)
                return
            if isinstance(parent, ir.Return):
                self.found.uses.append(self.found.function)
                return
            if isinstance(parent, (ir.If, ir.While, ir.For, ir.With, ir.Try, ir.Function, ir.Class)):
                return
            self._through(parent, current)
            if isinstance(parent, ir.Call) and parent.func is not current and _makes_object(parent, current):
                return
            current = parent

    def _through(self, parent: ir.Node, child: ir.Node) -> None:
        uses = self.found.uses
        if isinstance(parent, ir.Arg) and parent.name:
            uses.append(parent.name)
        elif isinstance(parent, ir.Call) and parent.func is not child:
            if isinstance(child, ir.Arg) and child.name and _GENERAL.isdisjoint(words(child.name)):
                self.found.function = ""
                return  # `notify_signature(worker=random.choice(workers))`: its own name says what it is
            uses.extend(_callee(parent.func))
            tells = next(_callee(parent.func), "") in _TELLS  # the name of an event says nothing of what goes along
            uses.extend(
                arg.value.value
                for arg in parent.args[tells:]
                if isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str) and len(arg.value.value) <= 40
            )
            self._receiver(parent.func)
        elif isinstance(parent, ir.Item) and parent.key is not None and parent.key is not child:
            uses.extend(names_in(parent.key))
        elif isinstance(parent, ir.Index) and parent.index is child:
            uses.extend(names_in(parent.value))
        elif isinstance(parent, ir.Compare):
            for side in (parent.left, *parent.rights):
                if side is not child:
                    uses.extend(names_in(side))
        elif isinstance(parent, ir.Template):
            uses.extend(
                part.value.strip()
                for part in parent.parts
                if isinstance(part, ir.Const) and isinstance(part.value, str) and len(part.value) <= 60
            )

    def _receiver(self, func: ir.Expr) -> None:
        """`f.write(value)`: what `f` was opened for tells what the value is."""
        if isinstance(func, ir.Attribute) and func.attr in ("write", "writelines") and isinstance(func.value, ir.Name):
            for load in self.loads.get(func.value.id, ()):
                parent = self.parents.get(id(load))
                if isinstance(parent, ir.Assign) and parent.value is not None and load in parent.targets:
                    self.found.uses.extend(names_in(parent.value))

    def _assigned(self, statement: ir.Assign, hops: int) -> None:
        for target in statement.targets:
            for one in _targets(target):
                if isinstance(one, ir.Index):
                    self.found.uses.extend(names_in(one))
                elif isinstance(one, ir.Attribute):
                    self.found.uses.append(one.attr)
                elif isinstance(one, ir.Name):
                    self.found.uses.append(one.id)
                    if hops and one.id not in self.seen:
                        self.seen.add(one.id)
                        for load in self.loads.get(one.id, ()):
                            if load is not one and load.at > statement.at:
                                self._read(load, hops - 1)

    def _read(self, load: ir.Name, hops: int) -> None:
        parent = self.parents.get(id(load))
        if isinstance(parent, ir.Assign) and parent.value is not load:
            return  # written again
        if isinstance(parent, ir.Attribute):
            call = self.parents.get(id(parent))
            if isinstance(call, ir.Call) and call.func is parent:
                if parent.attr == "update":
                    for arg in call.args:
                        self.found.inputs.extend(names_in(arg.value))
                    return
                self.follow(call, hops)
                return
        self.follow(load, hops)


def _makes_object(call: ir.Call, given: ir.Node) -> bool:
    """Whether a call makes an object that has the value as one of its fields: the object is another thing."""
    name = next(_callee(call.func), "")
    return name in _CREATES or (name[:1].isupper() and isinstance(given, ir.Arg) and given.name is not None)


_SAYS_MORE = re.compile(r"cache|bucket|throttl|limiter", re.IGNORECASE)


def _callee(func: ir.Expr) -> Iterator[str]:
    if isinstance(func, ir.Attribute):
        yield func.attr
        owner = func.value
        name = last_word(owner)
        if _SAYS_MORE.search(name):  # `cache.get(key)`, `TokenBucket.authorize(key)` say more than `get` and `authorize`
            yield name
    elif isinstance(func, ir.Name):
        yield func.id


def _targets(target: ir.Expr) -> Iterator[ir.Expr]:
    if isinstance(target, ir.Container):
        for item in target.items:
            yield from _targets(item.value)
    else:
        yield target


_SECRET_WORDS = word_set(
    "password passwd passphrase pwd secret token nonce salt otp totp csrf xsrf credential credentials session cookie auth "
    "oauth authkey sso saml captcha apikey jwt signature activation remember rememberme pin passcode keyfile certificate "
    "cert hmac mfa 2fa "
    "invitation voucher coupon"
)
_SECRET_PAIRS = re.compile(
    r"(api|secret|private|encryption|signing|license|auth|session|access)_?key|(reset|verification|verify|activation|"
    r"confirmation|confirm|invite|auth|login|security|recovery|backup|one_?time|sms|email)_?codes?|session_?id|sid$|"
    r"remember_?me|temp(orary)?_?pass|set_?cookie"
)
_GLUED = re.compile(r"(session|password|passwd|cookie|secret|token|nonce|apikey|credential)s?$|^(password|passwd)")
_NEUTRAL_ENDS = word_set(
    "count counts num number len length size index idx limit total max min expired valid enabled required ratio rate "
    "probability prob time timeout ttl "
    "expiry expires delay interval age bucket type types kind name names factory class maker context manager url uri path "
    "file field list set map ids"
)


def secret_name(name: str) -> bool:
    """Whether a value stored or passed under `name` must not be guessed."""
    if classify(name) is not None:
        return True
    parts = words(name)
    if not parts or len(parts) > 8 or parts[-1] in _NEUTRAL_ENDS or parts[0] in _CONDITION:
        return False
    if parts[-1] == "id" and _KEPT_BY_ID.isdisjoint(parts):
        return False  # `oauth_id`: what somebody else calls it
    joined = "_".join(parts)
    return any(word in _SECRET_WORDS for word in parts) or bool(_SECRET_PAIRS.search(joined) or _GLUED.search(parts[-1]))


_KEPT_BY_ID = word_set("session cookie remember csrf xsrf nonce reset")  # who knows the id is taken for whom it stands for
_CONDITION = word_set("is has have should needs with use uses allow enable check validate num nb max min total count avg")
_PASSWORD = re.compile(r"(^|_)(passw(or)?ds?|passwd|pwd|passphrase|passcode|pass|pw)(_|$)|password|passphrase")


def password_name(name: str) -> bool:
    """Whether `name` is one of a password that a person chose."""
    parts = words(name)
    return bool(parts) and parts[-1] not in _NEUTRAL_ENDS and bool(_PASSWORD.search("_".join(parts)))


def first(names: list[str], test: "re.Pattern[str]") -> str | None:
    """The first of `names` in whose words `test` is found."""
    return next((name for name in names if test.search("_".join(words(name)))), None)
