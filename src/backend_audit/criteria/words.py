"""How reasons are put into words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from backend_audit.finding import Finding, Place
from backend_audit.inventory.signs import Dependency, Sign

SHOWN = 4  # names, rules or places told before the rest is only counted


def shown(kinds: Iterable[str], signs: Mapping[str, Sequence[Sign]], words: Mapping[str, str]) -> str:
    """What the signs of some kinds show: `metrics (Prometheus), traces (OpenTelemetry)`."""
    told = []
    for kind in kinds:
        if kind in signs:
            names = list(dict.fromkeys(sign.what for sign in signs[kind] if sign.what))
            listing = ", ".join([*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])])
            told.append(f"{words.get(kind, kind)}{f' ({listing})' if listing else ''}")
    return ", ".join(told)


def nothing(kinds: Sequence[str], unused: Sequence[Dependency], words: Mapping[str, str]) -> str:
    """That there is no sign of `kinds`; where libraries for them are declared, that nothing uses those."""
    if unused:
        names = " and ".join(f"`{one.name}`" for one in unused[:SHOWN])
        return f"{names} {'is' if len(unused) == 1 else 'are'} declared ({where(unused[0].place)}), but nothing uses it"
    told = [words.get(kind, kind) for kind in kinds[:SHOWN]]
    return f"no sign of {_either(told)}" if told else "nothing was found"


def counted(findings: Sequence[Finding]) -> str:
    """`4 findings: 3 of `sql-built-from-strings`, 1 of `weak-hash``; "" for none."""
    counts = Counter(one.rule for one in findings)
    ranked = sorted(counts, key=lambda rule: (-counts[rule], rule))
    told = [f"{counts[rule]} of `{rule}`" for rule in ranked[:SHOWN]]
    rest = sum(counts[rule] for rule in ranked[SHOWN:])
    if rest:
        told.append(f"{rest} of other rules")
    if len(counts) == 1:
        return f"{len(findings)} finding{'s' if len(findings) > 1 else ''} of `{ranked[0]}`"
    return f"{len(findings)} findings: {', '.join(told)}" if told else ""


def sentence(text: str) -> str:
    """Text beginning with a capital, unless its first word has one elsewhere: `gRPC`."""
    return text if any(sign.isupper() for sign in text.partition(" ")[0]) else text[:1].upper() + text[1:]


def where(place: Place) -> str:
    """A place as people write it."""
    return f"{place.path}:{place.line}"


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
