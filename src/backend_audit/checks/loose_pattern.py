"""Regular expressions that check less than they seem to: missing anchors, open dots in host names, ranges that take too much."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _patterns, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import RegexUse
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word
from backend_audit.regex.shape import Atom, Sequence, alternatives, atoms
from backend_audit.source import SCRIPTS

RULE = "loose-pattern"

_TLD = r"(?:com|org|net|edu|gov|io|dev|app|co|uk|de|fr|eu|us|info|biz|cn|ru|jp|in|internal)"
_LABEL = r"(?:[A-Za-z0-9-]+|\((?:\?:)?[A-Za-z0-9|-]+\))"
_OPEN_DOT = re.compile(rf"(?<![\\^(|.])(?<=[\w)\]+*?-])\)?\??(?<!\\)\.\)?\??{_LABEL}\\?\.{_TLD}(?![\w-])")
_GREEDY_HOST = re.compile(rf":(?:\\?/){{2}}\(?(?:\?:)?\.[+*]\)?(?:\\?\.{_LABEL})+\\?\.{_TLD}(?![\w-])")
_SCHEME = re.compile(r"^\(*(?:\?:)?\^?\(*(?:\?:)?(?:https?|http\[s\]|\(?https?\|https?\)?|https\?|http\(s\)\?)\??\)?:(?:\\?/){2}")
_HOST_END = re.compile(rf"\\?\.{_TLD}(?::\d+)?\)?$")
_HOST = re.compile(rf"\\?\.{_TLD}(?![\w-])")
_BARE_HOST = re.compile(rf"^[\w-]+(?:\\?\.[\w-]+)*\\?\.{_TLD}$")
_REPLACING = frozenset(("replace", "replaceAll", "split"))
_GROUPS = (("0", "9"), ("A", "Z"), ("a", "z"))
_ADDRESS = frozenset("!#$")
_MANY = 7  # signs and ranges in one class
_ALL_PRINTABLE = frozenset("! ~")
_GREEDY = "The wildcard takes slashes as well: the host's name may stand anywhere in the address."
_FIX_ANCHOR = "Anchor every alternative: `/^(?:a|b)$/`."
_FIX_URL = "Parse the address and compare its host: `new URL(text).hostname === 'example.com'`."
_FIX_RANGE = "Write the ranges out, `[A-Za-z]`; a dash that is meant as one stands last or behind a backslash."
_FIX_DOT = "Escape the dots: `example\\.com`; in a text that becomes a pattern `'example\\\\.com'`."


@check(RULE, *SCRIPTS)
def literal(node: ir.Const, view: FileView) -> Iterator[Alert]:
    """`/^a|b/`, `/^https:..www.example.com/`, `/[A-z]/`."""
    if node.kind != "regex" or not isinstance(node.value, str):
        return
    text = node.value[1 : node.value.rfind("/")]
    yield from _judge(text, node, view)


@check(RULE, *SCRIPTS)
def constructed(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`new RegExp("^https://www.example.com")`."""
    if isinstance(node.func, ir.Name) and node.func.id == "RegExp" and node.args:
        text = _patterns.text_of(node.args[0].value, view)
        if text is not None:
            yield from _judge(text, node.args[0].value, view)


def _judge(text: str, node: ir.Expr, view: FileView) -> Iterator[Alert]:
    replaced = _is_replaced(view)
    half = None if replaced else _half_anchored(text)
    if half is not None:
        yield _alert(node, half, _FIX_ANCHOR)
        return
    host = _open_host(text)
    if host is not None and not (host == _GREEDY and _of_origin(view)):
        yield _alert(node, host, _FIX_DOT)
    elif not replaced and _is_test(view) and (free := _unanchored_host(text)) is not None:
        yield _alert(node, free, _FIX_URL)
    wide = _wide_range(text)
    if wide is not None:
        yield _alert(node, wide, _FIX_RANGE)


def _of_origin(view: FileView) -> bool:
    """Whether an origin is tested, in which no slash follows the host: `pattern.test(origin)`."""
    call = next((one for one in reversed(view.ancestors) if isinstance(one, ir.Call)), None)
    if call is None or not isinstance(call.func, ir.Attribute):
        return False
    return any(last_word(one).lower().endswith("origin") for one in (call.func.value, *(arg.value for arg in call.args)))


def _alert(node: ir.Expr, message: str, fix: str) -> Alert:
    return Alert(node=node, message=message, fix=fix, confidence=Confidence.MEDIUM)


@check(RULE)
def used_text(use: RegexUse) -> Iterator[Alert]:
    """`url.match("https?://example.com")`, `re.match("[A-z]+", name)`: a text becomes the pattern."""
    module = use.site.module
    pattern = use.pattern.value if use.pattern is not None else _kept(use)
    if pattern is None or module is None:
        return
    told = _told_of_script if module.language in SCRIPTS else _told_of_python
    for text in pattern.texts():
        for found, fix in told(use, text):
            yield _alert(_place(use, text, module), found, fix)


def _kept(use: RegexUse) -> Value | None:
    """The text of a pattern that was compiled before: `HOSTS = re.compile("^https://a.example/")`, then `HOSTS.match(url)`."""
    return None if use.compiled is None else (use.compiled.value.items or {}).get("pattern")


def _told_of_script(use: RegexUse, text: str) -> Iterator[tuple[str, str]]:
    """A text that is a literal's is judged where it stands."""
    if use.how == "replace" or (text.startswith("/") and text.rfind("/") > 0):
        return
    if (half := _half_anchored(text)) is not None:
        yield half, _FIX_ANCHOR
    elif (host := _open_host(text)) is not None:
        yield host, _FIX_DOT
    elif use.how != "make" and (free := _unanchored_host(text)) is not None:
        yield free, _FIX_URL


def _told_of_python(use: RegexUse, text: str) -> Iterator[tuple[str, str]]:
    """What is searched for in texts of the program's own may be as loose as it likes, but for ranges that nobody means."""
    if use.compiled is None and (wide := _wide_range(text)) is not None:
        yield wide, _FIX_RANGE
    if use.subject is None or not use.subject.value.carries("untrusted"):
        return
    whole = f"^{text}" if use.how != "search" and not text.startswith("^") else text
    if use.how == "search" and (half := _half_anchored(text)) is not None:
        yield half, "Anchor every alternative, `^(?:a|b)$`, or ask for the whole text: `re.fullmatch`."
    elif (host := _open_host(whole)) is not None:
        yield host, "Escape the dots: `r'example\\.com'`."
    elif use.how != "fullmatch" and (free := _unanchored_host(whole)) is not None:
        yield free, "Parse the address and compare its host: `urlsplit(text).hostname == 'example.com'`."


def _place(use: RegexUse, text: str, module: ir.Module) -> ir.Expr:
    """The literal in the file that holds the text, or most of it."""
    node = use.pattern.node if use.pattern is not None else None
    if isinstance(node, (ir.Const, ir.Binary)):
        return node
    held = [
        one
        for one in ir.walk(*module.body)
        if isinstance(one, ir.Const) and one.kind == "str" and isinstance(one.value, str) and one.value in text
    ]
    named = [one for one in held if one.at < use.site.node.end and _HOST.search(str(one.value))]
    if named:
        return max(named, key=lambda one: one.at)
    return node if node is not None else use.site.node  # type: ignore[return-value]  # a call's node


# --- questions about a pattern -----------------------------------------------------------------------------------------


def _half_anchored(text: str) -> str | None:
    """`^a|b`: the anchor binds to one alternative alone."""
    options = alternatives(text)
    if len(options) < 2:
        return None
    first, last = options[0], options[-1]
    begins = _begins(first) and not _ends(first) and _has_letter(first) and not _is_choice(first[1:])
    ends = _ends(last) and not _begins(last) and _has_letter(last) and not _is_choice(last[:-1])
    if begins and not any(map(_begins_anywhere, options[1:])) and any(map(_free, options[1:])):
        return "`^` stands for the first alternative alone: the others match anywhere in the text."
    if ends and not any(map(_ends_anywhere, options[:-1])) and any(map(_free, options[:-1])):
        return "`$` stands for the last alternative alone: the others match anywhere in the text."
    return None


def _is_choice(rest: Sequence) -> bool:
    """Whether it is one group with alternatives of its own: where they end was thought of."""
    return len(rest) == 1 and rest[0].kind == "group" and len(rest[0].options) > 1


def _begins(sequence: Sequence) -> bool:
    return bool(sequence) and sequence[0].kind == "anchor" and sequence[0].text == "^"


def _ends(sequence: Sequence) -> bool:
    return bool(sequence) and sequence[-1].kind == "anchor" and sequence[-1].text == "$"


def _begins_anywhere(sequence: Sequence) -> bool:
    return any(one.kind == "anchor" and one.text == "^" for one in atoms([sequence]))


def _ends_anywhere(sequence: Sequence) -> bool:
    return any(one.kind == "anchor" and one.text == "$" for one in atoms([sequence]))


def _free(sequence: Sequence) -> bool:
    return _has_letter(sequence) and not any(one.kind in ("anchor", "look") for one in atoms([sequence]))


def _has_letter(sequence: Sequence) -> bool:
    return any(one.kind == "char" and one.text.isalpha() for one in atoms([sequence]))


def _open_host(text: str) -> str | None:
    """An unescaped dot before a domain's name, or a wildcard where the host begins."""
    if not text.startswith("^") and "://" not in text.replace("\\", "") and not text.endswith("$"):
        return None
    found = _OPEN_DOT.search(text)
    if found is not None:
        return f"The dot before `{found[0].lstrip(').?')}` matches any character: other hosts pass, too."
    if _GREEDY_HOST.search(text) is not None:
        return _GREEDY
    return None


def _unanchored_host(text: str) -> str | None:
    """The pattern of an address that may stand anywhere in it, or whose host may go on."""
    options = text.split("|") if "(" in text and ")|(" in text else [text]
    for one in (each.strip("()") if len(options) > 1 else each for each in options):
        if _BARE_HOST.match(one):
            return "A host's name without anchors may stand anywhere in the text: in the path of another host's address, say."
        if _SCHEME.match(one) is None or _HOST.search(one) is None:
            continue
        if not one.lstrip("(").startswith("^"):
            return "The pattern of an address has no `^`: it may stand in the path or the query of another host's address."
        if _HOST_END.search(one):
            return "The pattern ends with the host's name: `example.com.evil.org` passes, too."
    return None


def _wide_range(text: str) -> str | None:
    for atom in atoms(alternatives(text)):
        if atom.kind == "class":
            found = _wide(atom)
            if found is not None:
                return found
    return None


def _wide(atom: Atom) -> str | None:
    ranges = [(low, high) for low, high in atom.ranges if low != high and (low, high) not in atom.numbered]
    for low, high in ranges:
        if low > high:
            return f"The range `{low}-{high}` is empty."
        kinds = [_kind(low), _kind(high)]
        if "" in kinds:
            if _crosses(low, high, kinds) and not _is_grammar(atom, low, high):
                return f"The range `{low}-{high}` takes letters or digits between the signs."
        elif kinds[0] != kinds[1]:
            return f"The range `{low}-{high}` takes more than letters or digits: what stands between them is in it."
    for at, (low, high) in enumerate(ranges):
        for low_2, high_2 in ranges[at + 1 :]:
            if _kind(low) in ("0", "A", "a") and low <= high_2 and low_2 <= high and _kind(low) == _kind(low_2):
                return f"The ranges `{low}-{high}` and `{low_2}-{high_2}` overlap: one of them is not what was meant."
    return None


def _kind(sign: str) -> str:
    return next((low for low, high in _GROUPS if low <= sign <= high), "" if ord(sign) < 128 else "x")


def _crosses(low: str, high: str, kinds: list[str]) -> bool:
    """Whether a range between signs takes all letters or digits of a kind on the way, and not just all that is printable."""
    if low in _ALL_PRINTABLE or high in _ALL_PRINTABLE or ord(low) < 32 or ord(high) > 126 or kinds[0] != kinds[1]:
        return False
    return any(low < first and last < high for first, last in _GROUPS)


def _is_grammar(atom: Atom, low: str, high: str) -> bool:
    """`[!#$&-;=_a-z~]`: one of many signs of addresses, and of letters and digits it takes the digits alone."""
    letters = any(low < first and last < high for first, last in _GROUPS[1:])
    addresses = {one for one, other in atom.ranges if one == other} >= _ADDRESS
    return len(atom.ranges) >= _MANY and addresses and not letters


# --- where it stands ---------------------------------------------------------------------------------------------------


def _is_replaced(view: FileView) -> bool:
    """Whether the pattern says what is replaced or split: then nothing is let through by it."""
    for node in reversed(view.ancestors[-3:]):
        if _patterns.method(node if isinstance(node, ir.Call) else None) in _REPLACING:
            return True
    return False


def _is_test(view: FileView) -> bool:
    """Whether the answer decides something: no part of what was found is taken."""
    parents = [one for one in reversed(view.ancestors) if not isinstance(one, ir.Arg)][:4]
    for node in parents:
        if isinstance(node, ir.Index):
            return False
    last = view.ancestors[-1] if view.ancestors else None
    if isinstance(last, ir.Attribute):
        return last.attr in ("test", "exec")
    near = next((one for one in parents if isinstance(one, ir.Call)), None)
    if near is not None and isinstance(near.func, ir.Name) and near.func.id == "RegExp":
        return True
    return _patterns.method(near) in ("match", "matchAll", "search", "test", "exec") or (
        near is None and any(isinstance(one, ir.Container) and one.kind == "list" for one in parents[:2])
    )
