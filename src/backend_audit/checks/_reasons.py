"""Why a test or a change of data does not make it harmless: by the kind of test and by where the data goes."""

from backend_audit import ir
from backend_audit.flow.written import written

# Rule → the context (a word of `models.CONTEXTS`) in which its data does harm; "" where none is like it.
CONTEXTS = {
    "archive-extraction": "path",
    "catastrophic-regex": "",
    "code-injection": "code",
    "command-injection": "shell",
    "cookie-injection": "header",
    "cross-site-scripting": "html",
    "decompression-bomb": "",
    "header-injection": "header",
    "ldap-injection": "ldap",
    "log-injection": "log",
    "mass-assignment": "",
    "nosql-injection": "nosql",
    "open-redirect": "url",
    "path-traversal": "path",
    "regex-injection": "regex",
    "orm-lookup-injection": "lookup",
    "request-sized-allocation": "",
    "server-side-request-forgery": "url",
    "sql-built-from-strings": "sql",
    "template-injection": "template",
    "trust-boundary-violation": "",
    "unsafe-deserialization": "",
    "xml-external-entities": "",
    "xpath-injection": "xpath",
}
WORDS = {
    "": "this use",
    "code": "code",
    "dn": "an LDAP name",
    "header": "a header",
    "html": "HTML",
    "ldap": "an LDAP filter",
    "log": "a log",
    "lookup": "the name of a column",
    "nosql": "a NoSQL query",
    "path": "a path",
    "regex": "a regular expression",
    "shell": "a shell",
    "sql": "SQL",
    "template": "a template",
    "url": "a URL",
    "xpath": "XPath",
}
_EXISTS = frozenset(("exists", "isfile", "is_file", "isdir", "is_dir"))
_TYPES = frozenset(("isinstance", "issubclass", "hasattr", "callable"))
_CASE = frozenset(("isalnum", "isalpha", "isdigit", "isdecimal", "isnumeric", "isidentifier"))
_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}
_SHOWN = 4  # items of a container
_PARTIAL = frozenset(("match", "search"))


def test_reason(test: ir.Expr, name: str, context: str, cleared: frozenset[str]) -> str:
    """Why the data called `name` can still do harm in `context` after `test`; `cleared` is what is known of it there."""
    if isinstance(test, ir.Call):
        return _call(test, name, context, cleared)
    if isinstance(test, ir.Compare):
        return _compare(test, name, context)
    if isinstance(test, (ir.Name, ir.Attribute, ir.Index)):
        return f"it only asks whether there is a value, not what `{name}` holds"
    return _generic(name)


def _call(test: ir.Call, name: str, context: str, cleared: frozenset[str]) -> str:
    called = test.func.attr if isinstance(test.func, ir.Attribute) else written(test.func)
    if called in ("startswith", "is_relative_to") and context == "path":
        if "dots" not in cleared:
            return "a prefix test before the path is normalised lets `..` through"
        return "it does not hold on every way to the place where the path is used"
    if called == "startswith" and context == "url":
        return "an address that begins so can still have another host, unless the prefix ends with the `/` after the host"
    if called == "startswith":
        return f"the beginning says nothing of the rest of `{name}`"
    if called == "endswith":
        if context == "path":
            return "the ending does not say in which folder the file lies"
        return f"the ending says nothing of what stands before it in `{name}`"
    if called in _EXISTS:
        return "that a path exists does not mean that it may be used"
    if called in _TYPES:
        return "a type that holds any text limits nothing"
    if called in _CASE:
        return "it does not hold on every way to the place of use"
    if called in _PARTIAL:
        return f"what the pattern lets through (only `fullmatch` binds the end) can still do harm in {WORDS[context]}"
    if called == "fullmatch":
        return f"what the pattern allows can still do harm in {WORDS[context]}"
    return f"nothing that is known of `{called}` makes `{name}` harmless for {WORDS[context]}"


def _compare(test: ir.Compare, name: str, context: str) -> str:
    op, left, right = test.ops[0], test.left, test.rights[0]
    if any(isinstance(side, ir.Const) and side.kind == "none" for side in (left, right)):
        return f"it only asks whether there is a value, not what `{name}` holds"
    if _is_length(left) or _is_length(right):
        return "it limits the length, not the content"
    if op in ("in", "not in") and context and isinstance(left, ir.Const) and isinstance(left.value, str):
        if context == "path" and left.value.startswith(".."):
            return "absolute names remain, and other ways to write what it looks for"
        return f"it looks for one text; others do harm in {WORDS[context]} as well"
    if isinstance(right, (ir.Const, ir.Container)) and op in ("in", "not in", "==", "!="):
        return "the place of use is reached with other values, too"
    if op in ("in", "not in") and not isinstance(left, ir.Const):
        listed = "what it is compared with" if written(right) == "…" else f"`{written(right)}`"
        return f"{listed} is no fixed list of the program, or the place of use is reached with other values, too"
    if op in ("<", "<=", ">", ">="):
        return "it does not bound the value on every way to the place of use"
    return _generic(name)


def _generic(name: str) -> str:
    return f"this test does not limit what `{name}` may hold"


def _is_length(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and written(node.func) == "len"


def removal(node: ir.Call, name: str, shown: str, context: str) -> str:
    """Why `x.replace(…)` or `x.strip(…)` leaves the data harmful; "" where nobody would take it for a guard."""
    first = node.args[0].value if node.args else None
    text = first.value if isinstance(first, ir.Const) and isinstance(first.value, str) else ""
    if not text.strip():
        return ""
    if name == "replace" and context == "path" and ".." in text:
        return f"{shown} looks through the text once: `....//` becomes `../` by it; absolute names may remain, too"
    if name == "replace":
        return f"{shown} takes out one text; others do harm in {WORDS[context]} as well"
    return f"{shown} changes only the ends of the text"


def source_like(node: ir.Expr) -> str:
    """The expression as written, comparisons and short containers included; what is too long ends in `…`."""
    if isinstance(node, ir.Compare):
        rights = [f"{op} {source_like(right)}" for op, right in zip(node.ops, node.rights, strict=True)]
        return " ".join((source_like(node.left), *rights))
    if isinstance(node, ir.Container) and node.kind in _BRACKETS:
        opening, closing = _BRACKETS[node.kind]
        inner = [written(item.value) for item in node.items[:_SHOWN]]
        return f"{opening}{', '.join([*inner, *(['…'] if len(node.items) > _SHOWN else [])])}{closing}"
    return written(node)
