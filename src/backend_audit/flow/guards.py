"""Guards: tests and calls after which data is harmless in some context, whoever wrote them.

* rows of models (`[[guard]]`): `url_has_allowed_host_and_scheme(url, …)` holds, `path.relative_to(base)` returns
* the project's own functions, by what their summaries say of a parameter at each way out (`if_true`, `if_false`, `after`)
* parts of the data compared with constants: `urlparse(url).hostname in ALLOWED`
* containment of a normalised path: `startswith`, `is_relative_to`, `commonpath`, membership in `parents`

A guard clears data, not a name: every variable that carries the same source is cleared. A path check counts only after the path
was normalised (the sanitizer context `dots`), since `..` passes any prefix test.
"""

import re
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import address, direct, lacks, verdicts
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.frame import TESTED
from backend_audit.flow.ordering import by_key, in_order
from backend_audit.flow.origins import DERIVED, Origin
from backend_audit.flow.values import Value, transform
from backend_audit.flow.ways import in_all
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

ALL = frozenset(("all",))
PATH = frozenset(("path",))
URL = frozenset(("url",))
RELATIVE = frozenset(("relative",))  # a mark: no absolute path
UNDASHED = frozenset(("undashed",))  # a mark: the data does not begin with a dash, so that no program takes it for an option
NORMALISED = "dots"
BEGINS = frozenset(("begins",))  # a mark: the data begins as the program says, so it is harmless as a path if it is normalised
_REQUEST = re.compile(r"(?:self\.)?request\.")
_OF_REQUEST = frozenset(("untrusted", "param"))  # nobody gives a request that is handed over other data between two lines
_UPWARDS = frozenset(("..", "../", "..\\", "."))
ROOTED, HOSTLESS = "rooted", "hostless"  # marks: begins with a slash; not with two
GIVEN = TESTED + "given "  # begins the name under which a parameter stays known that is another value by now
_HOST_PREFIX = re.compile(r"https?://[^/?#]+[/?#]")
_URL_PARTS = frozenset({"netloc", "hostname", "host", "port"})
_PATH_TESTS = frozenset({"os.path.commonpath", "os.path.commonprefix", "os.path.dirname", "path.dirname", "path.posix.dirname"})


def source_of(origin: Origin) -> tuple[object, ...]:
    """What tells the data of two origins apart, whatever was computed from it."""
    return (origin.label, *origin.key[:2]) if origin.label == "param" else (origin.label, *origin.key)


def clear_data(
    frame: "Expressions", value: Value, contexts: frozenset[str], needs: str = "", node: ir.Expr | None = None
) -> None:
    """Clear `contexts` on the data of `value` wherever the environment holds it; with `needs` only if that is clear in `value`.

    `node` is the expression that was tested, if it may be written again.

    `child.resolve().is_relative_to(base)` says of `child` itself, unresolved as it is, that it leads into `base`.
    """
    tested = [origin for origin in value.all_origins() if origin.label != "secret"]
    sources = {source_of(origin) for origin in tested if not needs or needs in origin.cleared}
    if not sources:
        return
    labels = _OF_REQUEST if node is not None and _REQUEST.match(written(node)) else frame.retold
    if not needs and all(origin.label in labels for origin in tested):
        frame.note_tested(node, value.cleared(contexts))

    def change(origin: Origin) -> tuple[Origin, ...]:
        return (origin.clear(contexts),) if source_of(origin) in sources else (origin,)

    again = [(name, known) for name, known in (frame.reads or {}).items() if name not in frame.env]
    for name, known in [*again, *frame.env.items()]:
        if known.origins or known.shapes or known.kind:
            changed = transform(known, change)
            if changed is not known:
                frame.env[name] = changed


def assume_call(frame: "Expressions", test: ir.Call, *, holds: bool) -> bool:
    """Narrow by a call that turned out as `holds`; whether anything was known about it."""
    test = direct.call_of(frame, test, frame.eval(test.func))
    receiver = test.func.value if isinstance(test.func, ir.Attribute) else None
    if receiver is not None and last_word(test.func) == "startswith" and test.args:
        told_beginning(frame, frame.eval(receiver), frame.eval(test.args[0].value).texts(), holds=holds)
    if isinstance(test.func, ir.Attribute) and receiver is not None and holds:
        if test.func.attr in ("startswith", "endswith") and test.args:
            _ends(frame, receiver, test.func.attr, test.args[0].value)
            return True
        if test.func.attr == "is_relative_to":
            _contained(frame, frame.eval(receiver))
            return True
    if isinstance(test.func, ir.Attribute) and receiver is not None and test.func.attr == "startswith" and test.args:
        texts = frame.eval(test.args[0].value).texts()
        if texts and all(text in ("/", "\\", "./", "//", "/\\") for text in texts):
            clear_data(frame, frame.eval(receiver), RELATIVE)
        if "//" in texts:
            without_host(frame, frame.eval(receiver), HOSTLESS, ROOTED)
        if texts and all(text in _UPWARDS for text in texts):  # `os.path.normpath` leaves them at the beginning alone
            clear_data(frame, frame.eval(receiver), lacks.lacking(".."), NORMALISED)
    callee = frame.eval(test.func)
    found = _by_name(frame, test, holds=holds)
    args: Args | None = None
    for path in sorted(callee.apis):
        guard = frame.models.guards.get(path)
        if guard is not None and guard.holds is holds and not guard.returns:
            args = frame.arguments(test) if args is None else args
            _row(frame, guard.argument, guard.clears, receiver, args)
            found = True
    for symbol in sorted(callee.refs, key=lambda one: one.key) or direct.answering(frame, callee):
        if isinstance(symbol, FunctionSymbol):
            summary = frame.engine.summary(symbol)
            table = summary.if_true if holds else summary.if_false
            if table:
                _own(frame, symbol, table, test, callee)
                found = True
    return found


def told_beginning(frame: "Expressions", value: Value, texts: tuple[str, ...], *, holds: bool) -> None:
    """Data has been tested for beginning with one of `texts`."""
    if texts and (not any(text.startswith("-") or not text for text in texts) if holds else "-" in texts):
        clear_data(frame, value, UNDASHED)


def _by_name(frame: "Expressions", test: ir.Call, *, holds: bool) -> bool:
    """Checks of addresses go by names that tell what they do; what they do (resolving names, reading lists) is past following."""
    if not address.lets_through(last_word(test.func), holds=holds) or not frame.believed(test.func):
        return False
    for operand in test.args:
        clear_data(frame, frame.eval(operand.value), URL, node=operand.value)
    return True


def after_call(frame: "Expressions", call: ir.Call) -> None:
    """A call came back: what raises on bad data has let this through."""
    if not isinstance(call.func, (ir.Name, ir.Attribute, ir.Call)):
        return
    callee = known if (known := frame.callees.get(id(call))) is not None else frame.eval(call.func)
    made = direct.call_of(frame, call, callee)
    if made is not call:
        call, callee = made, frame.eval(made.func)
    receiver = call.func.value if isinstance(call.func, ir.Attribute) else None
    if address.raises(last_word(call.func)) and frame.believed(call.func):
        for operand in call.args:
            clear_data(frame, frame.eval(operand.value), URL, node=operand.value)
    for path in in_order(callee.apis or frozenset(f"{name}.__call__" for name in callee.types)):
        guard = frame.models.guards.get(path)
        if guard is not None and guard.returns:
            _row(frame, guard.argument, guard.clears, receiver, frame.arguments(call))
    if isinstance(call.func, ir.Attribute) and call.func.attr == "relative_to" and receiver is not None:
        _contained(frame, frame.eval(receiver))
    for symbol in by_key(callee.refs) or direct.answering(frame, callee):
        if isinstance(symbol, FunctionSymbol):
            summary = frame.engine.summary(symbol)
            if summary.after:
                _own(frame, symbol, summary.after, call, callee)
            if frame.engine.refuses_networks(symbol):
                for operand in call.args:
                    clear_data(frame, frame.eval(operand.value), URL, node=operand.value)


def after_loop(frame: "Expressions", loop: ir.For) -> None:
    """Each address that a host has was looked at, and bad ones have ended the function."""
    if not address.refuses_each(loop):
        return
    for node in ir.walk(loop.iter):
        for operand in node.args if isinstance(node, ir.Call) else ():
            clear_data(frame, frame.eval(operand.value), URL, node=operand.value)


def assume_part(frame: "Expressions", subject: ir.Expr, *, holds: bool) -> None:
    """A part of some data equals (or is among) constants: the host of a URL, say."""
    if not holds:
        return
    if not isinstance(subject, ir.Attribute):
        of_known_host(frame, subject)
    given = verdicts.given_by(frame, subject)
    if given is not None and isinstance(subject, ir.Name):  # `common = os.path.commonpath((path, BASE))`
        with verdicts.aside(frame, subject.id):
            assume_part(frame, given, holds=True)
        return
    if isinstance(subject, ir.Call) and isinstance(subject.func, ir.Attribute) and not subject.args:
        subject = subject.func.value
    if isinstance(subject, ir.Attribute) and subject.attr in _URL_PARTS:
        clear_data(frame, frame.eval(subject.value), URL)  # of the part itself nothing but the constants is left
    elif isinstance(subject, ir.Attribute) and subject.attr == "parent":
        _contained(frame, frame.eval(subject.value))
    elif isinstance(subject, ir.Call):
        callee = frame.eval(subject.func)
        if callee.apis & _PATH_TESTS:
            for arg in subject.args:
                value = frame.eval(arg.value)  # the paths, or the list that holds them
                for path in (value, *(value.items or {}).values()):
                    _contained(frame, path)


def of_known_host(frame: "Expressions", host: ir.Expr) -> None:
    """The host of an address, which was kept before it is tested, is one that the program knows."""
    clear_data(frame, frame.eval(host), URL, "host")


def is_host_prefix(text: str) -> bool:
    """`https://example.org/`: an address that begins so is one of that host."""
    return _HOST_PREFIX.match(text) is not None


def is_url_part(node: ir.Expr) -> bool:
    """`urlparse(x).netloc` and the like."""
    return isinstance(node, ir.Attribute) and node.attr in _URL_PARTS


def assume_parents(frame: "Expressions", collection: ir.Expr) -> None:
    """`base in path.parents` holds."""
    if isinstance(collection, ir.Attribute) and collection.attr == "parents":
        _contained(frame, frame.eval(collection.value))


def _contained(frame: "Expressions", value: Value) -> None:
    """The path begins as the program says: harmless if it is normalised, which of a parameter only callers know."""
    clear_data(frame, value, PATH, NORMALISED)
    open_ends = frozenset(one for one in value.origins if one.label == "param" and NORMALISED not in one.cleared)
    if open_ends:
        clear_data(frame, Value(True, origins=open_ends), BEGINS)


def _ends(frame: "Expressions", receiver: ir.Expr, test: str, text: ir.Expr) -> None:
    value = frame.eval(receiver)
    texts = frame.eval(text).texts()
    if len(texts) == 1:
        clear_data(frame, value, lacks.ending_with(test, texts[0]), node=receiver)
    if test == "endswith":
        if texts and all(text.startswith(".") for text in texts):
            assume_part(frame, receiver, holds=True)  # `host.endswith(".example.org")`
        return
    if texts and all(is_host_prefix(text) for text in texts):
        clear_data(frame, value, URL, node=receiver)
    if texts and all(text.startswith("/") and text[1:2] not in ("", "/", "\\") for text in texts):
        clear_data(frame, value, URL, node=receiver)  # a path of this host, however it goes on
    if texts == ("/",):
        without_host(frame, value, ROOTED, HOSTLESS)
    _contained(frame, value)


def without_host(frame: "Expressions", value: Value, mark: str, other: str) -> None:
    """An address that begins with one slash, and not with two, has no host of its own; `mark` is the half known now."""
    clear_data(frame, value, URL, other)
    clear_data(frame, value, frozenset((mark,)))


def _row(frame: "Expressions", spec: str, clears: frozenset[str], receiver: ir.Expr | None, args: Args) -> None:
    if spec == "self":
        if receiver is not None:
            clear_data(frame, frame.eval(receiver), clears)
        return
    operand = argument(args, spec)
    if operand is not None:
        clear_data(frame, operand.value, clears, node=operand.node)


def _own(frame: "Expressions", symbol: FunctionSymbol, table: dict[int, frozenset[str]], call: ir.Call, callee: Value) -> None:
    from backend_audit.flow.summary import bind_arguments  # noqa: PLC0415 - summaries build on frames

    of_object = frame.eval(call.func.value) if isinstance(call.func, ir.Attribute) else None
    receiver = of_object if callee.refs else callee
    args = frame.arguments(call)
    bound = bind_arguments(symbol, receiver, args)
    for at, contexts in sorted(table.items()):
        if at in bound:
            given = next((operand.node for _, operand in args if operand.value is bound[at]), None)
            clear_data(frame, bound[at], contexts, node=given)
            if contexts >= BEGINS:
                clear_data(frame, bound[at], PATH, NORMALISED)


def keep_given(frame: "Expressions", name: str) -> None:
    """A parameter is about to be another value: what came in stays known, as a test of what is made of it speaks of that, too."""
    key, now = GIVEN + name, frame.env.get(name)
    if name in frame.given and now is not None and key not in frame.env:
        frame.env[key] = now


def cleared_parameters(frame: "Expressions", symbol: FunctionSymbol) -> dict[int, frozenset[str]]:
    """For each parameter of the function under way: the contexts in which its data has become harmless by now."""
    found: dict[int, frozenset[str]] = {}
    for at, param in enumerate(symbol.node.params):
        value = frame.env.get(GIVEN + param.name) or frame.env.get(param.name)
        if value is None or value is frame.given.get(param.name):  # untouched since the function began
            continue
        own = [origin for origin in value.all_origins() if origin.label == "param" and origin.key[:2] == (symbol.key, at)]
        if not own:
            if value.is_literal():
                found[at] = ALL
            continue
        told = in_all(origin.cleared for origin in own)
        if told and all(origin.key[-1] != DERIVED or len(own) > 1 for origin in own):
            found[at] = told
    return found
