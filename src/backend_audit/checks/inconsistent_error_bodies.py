"""Error answers that tell what went wrong under different keys, so that clients must guess."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.frameworks.error_bodies import OddErrorBody

RULE = "inconsistent-error-bodies"


@check(RULE)
def inconsistent_error_bodies(odd: OddErrorBody) -> Iterator[Alert]:
    """`{"message": …}` here, `{"error": …}` there."""
    many = "This error answer tells" if odd.count == 1 else f"{odd.count} error answers, this one first, tell"
    others = tuple(one._replace(note=f"another one {one.note}") for one in odd.others)
    like = () if odd.like is None else (odd.like._replace(note=f"as {odd.usually} do"),)
    yield Alert(
        node=odd.site.node,
        message=f"{many} what went wrong under `{odd.key}`, "
        f"while {odd.usually} others use `{odd.usual}`: clients must look for both.",
        fix=f"Answer with one shape: use `{odd.usual}` here too, or make all error bodies in one place (RFC 9457 has a format).",
        confidence=Confidence.MEDIUM,
        related=(*like, *others),
        anchor=odd.key,
    )
