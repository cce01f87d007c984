"""The scorecard for people: what each criterion comes to, why, where it shows, and what to do next."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from backend_audit.criteria import Assessment, State
from backend_audit.criteria.owasp import CategoryCount
from backend_audit.report.context import Terminal
from backend_audit.report.criteria_words import STATE_STYLE, criteria_line, state_words
from backend_audit.report.owasp import TITLE, owasp_line, owasp_text
from backend_audit.report.safe import one_line
from backend_audit.report.text import Hanging, prose, to_text

_STATE = 16  # the width of the column
_PLACES = 3


def render_criteria(assessments: Sequence[Assessment], terminal: Terminal, top10: Sequence[CategoryCount] = ()) -> str:
    """The whole scorecard as text; `top10` are the rows of `criteria.owasp`."""
    parts: list[RenderableType] = []
    for section, inside in groupby(assessments, lambda one: one.section):
        parts += [Text(section, "bold underline"), ""]
        for one in inside:
            parts += [*_assessment(one, terminal), ""]
    if top10:
        parts += [Text(TITLE, "bold underline"), "", owasp_text(top10), "", Text(owasp_line(top10)), ""]
    parts.append(criteria_line(assessments))
    return to_text(Group(*parts), terminal)


def _assessment(one: Assessment, terminal: Terminal) -> list[RenderableType]:
    head = Text(f"  {state_words(one.state):<{_STATE}}", STATE_STYLE[one.state])
    title = Text.assemble((one.title, "bold"), (f"  {one.id}", "dim"))
    indent = Text(" " * (_STATE + 2))
    body: list[RenderableType] = [Hanging(head, title), Hanging(indent, prose(one.reason, terminal))]
    places = list(dict.fromkeys(f"{one_line(sign.place.path)}:{sign.place.line}" for sign in one.evidence))
    if places and one.state in {State.MET, State.PARTIAL}:
        more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
        body.append(Hanging(indent, Text(f"see  {', '.join(places[:_PLACES])}{more}", "dim")))
    if one.next:
        body.append(Hanging(indent, Text.assemble(("next ", "bold cyan"), prose(one.next, terminal))))
    return body
