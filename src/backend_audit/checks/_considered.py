"""Why a finding stands: the sanitizers and tests that its data passed, and why none of them makes it harmless there.

This is for people who look at one finding and ask "but I do check it". It decides nothing: whether there is a finding was
decided by the flow engine, which follows every way; here the code on the one way that is shown is read again.
"""

from collections.abc import Iterator, Mapping, Sequence

from backend_audit import ir
from backend_audit.checks import Alert
from backend_audit.checks._reasons import CONTEXTS, WORDS, removal, source_like, test_reason
from backend_audit.checks._view import local_imports
from backend_audit.checks._way import Passage, api_path, asked, passages
from backend_audit.flow.lacks import is_lack
from backend_audit.flow.models import Models
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import written
from backend_audit.link.symbols import ModuleSymbol
from backend_audit.source import Mark

_MOST = 12
_MARKS = frozenset(("all", "parsed", "fields", "predictable", "secret", "dots"))  # cleared, but no harmless use
_PROMISES = frozenset(
    "valid validate validated validator check checked verify verified ensure allowed safe safely sanitize sanitise sanitized "
    "clean cleaned escape escaped quote quoted filter filtered normalize normalise normalized".split()
)
_ENDINGS = frozenset(("strip", "lstrip", "rstrip", "replace", "removeprefix", "removesuffix"))


def considered(rule: str, alert: Alert, modules: Mapping[str, ModuleSymbol], models: Models) -> tuple[Mark, ...]:
    """What was considered for `alert` of `rule` and did not hold, in the order of the way; nothing for rules without one.

    `modules` are the project's, by the paths of their files.
    """
    context = CONTEXTS.get(rule)
    if context is None or not alert.steps:
        return ()
    found: dict[tuple[str, int, int], Mark] = {}
    told: set[str] = set()
    for passage in passages(alert.steps, modules, models):
        own = [*_sanitizers(passage, context, models, told), *_tests(passage, context, alert.cleared)]
        for mark in sorted(own, key=lambda one: (one.at, one.end)):
            found.setdefault((mark.path, mark.at, mark.end), mark)
    notes = [*list(found.values())[:_MOST], *_known(alert, context, told)]
    return tuple(notes)


def _tests(passage: Passage, context: str, cleared: frozenset[str]) -> Iterator[Mark]:
    for one in asked(passage):
        name = passage.mentions(one.test)
        reason = test_reason(one.test, name, context, cleared)
        if one.idle:
            reason = f"neither branch returns or raises, so the code goes on with `{name}` either way"
        yield Mark(passage.module.path, one.test.at, one.test.end, f"tested by `{source_like(one.test)}`: {reason}")


def _sanitizers(passage: Passage, context: str, models: Models, told: set[str]) -> Iterator[Mark]:
    """Calls that make something else of the data, or whose names promise to look at it. `told` gathers what they clear."""
    imports = local_imports(passage.module.node)
    tests = [(one.test.at, one.test.end) for one in asked(passage)]
    for node in ir.walk_scope(*passage.body):
        if not isinstance(node, ir.Call) or node.end > passage.until or not passage.mentions(node):
            continue
        if any(at <= node.at and node.end <= end for at, end in tests):
            continue
        reason = _call_reason(node, passage, context, models, imports, told)
        if reason:
            yield Mark(passage.module.path, node.at, node.end, reason)


def _call_reason(
    node: ir.Call, passage: Passage, context: str, models: Models, imports: Mapping[str, str], told: set[str]
) -> str:
    shown = f"`{source_like(node)}`"
    word = WORDS[context]
    name = written(node.func).rpartition(".")[2]
    transfer = models.transfers.get(models.canonical(api_path(node.func, imports)))
    clears = frozenset() if transfer is None else transfer.clears
    if clears & {context, "all"}:
        return f"{shown} gives a text that is safe for {word}, but what is used in the end is not only that text"
    if "dots" in clears and context == "path":
        told.add("dots")
        return f"{shown} resolves `..`, but no test that holds here says that the result is still in its folder"
    others = sorted(WORDS[one] for one in clears - _MARKS if one in WORDS)
    if others:
        told.update(clears)
        return f"{shown} makes it safe for {_listed(others)}, which does not make it safe for {word}"
    if name in _ENDINGS and isinstance(node.func, ir.Attribute) and passage.mentions(node.func.value):
        return removal(node, name, shown, context)
    if not _PROMISES.isdisjoint(words(name)) and transfer is None and not _is_way_out(node, passage):
        return f"{shown} was followed as far as its code is known; nothing in it makes the data harmless for {word}"
    return ""


def _is_way_out(node: ir.Call, passage: Passage) -> bool:
    """Whether it is the call in which the data leaves the function."""
    return node.at <= passage.until <= node.end


def _known(alert: Alert, context: str, told: set[str]) -> Iterator[Mark]:
    """What the engine knows of the data where it is used, as far as no place in the code has told it."""
    last = alert.steps[-1]
    cleared = alert.cleared
    word = WORDS[context]
    others = sorted(WORDS[one] for one in cleared - _MARKS - told if one in WORDS and one != context)
    if others:
        note = f"on the way it was made safe for {_listed(others)}, which does not make it safe for {word}"
        yield Mark(last.path, last.at, last.end, note)
    if context == "path" and "dots" in cleared and "dots" not in told:
        note = "it was normalised on the way, but no test that it stays in its folder followed"
        yield Mark(last.path, last.at, last.end, note)
    missing = sorted({mark.split(":", 1)[1] for mark in cleared if is_lack(mark) and " " not in mark})
    if missing:
        listed = _listed([f"`{text}`" for text in missing])
        why = {
            "path": "no folder of the program stands before it: an absolute path remains",
            "sql": "it does not stand between quotes of that kind",
        }.get(context, f"that is not all that does harm in {word}")
        yield Mark(last.path, last.at, last.end, f"it is known to hold no {listed}, but {why}")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
