"""The rules themselves, for `backend-audit rules` and `backend-audit explain RULE`."""

from collections.abc import Iterable

import msgspec
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.style import Style
from rich.table import Table
from rich.text import Text

from backend_audit.catalog import CLAUSES, RuleCard
from backend_audit.finding import Mode
from backend_audit.report.context import Terminal
from backend_audit.report.help import readable
from backend_audit.report.text import SEVERITY_STYLE, to_text

_SHORT = {"python": "py", "javascript": "js", "typescript": "ts", "template": "html", "config": "conf"}


def render_rules(cards: Iterable[RuleCard], terminal: Terminal) -> str:
    """All these rules under the seed's clauses, one line each; on a pipe the columns are separated by blanks alone."""
    chosen = sorted(cards, key=lambda card: card.id)
    width = max((len(card.id) for card in chosen), default=0)
    parts: list[RenderableType] = []
    for clause, text in [*CLAUSES.items(), ("", "beside the seed")]:
        here = [card for card in chosen if card.clause == clause]
        if here:
            parts += [Text.assemble((text, "bold"), "  ", (clause, "dim")), _table(here, width, terminal), ""]
    parts.append(Text(f"{len(chosen)} rules; backend-audit explain RULE shows a rule's page", "dim"))
    return to_text(Group(*parts), terminal)


def _table(cards: list[RuleCard], width: int, terminal: Terminal) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=0)
    grid.add_column(min_width=width, no_wrap=True)
    grid.add_column(min_width=8, no_wrap=True)
    grid.add_column(min_width=11, no_wrap=True, style="dim")
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for card in cards:
        link = Style(link=card.url) if terminal.clickable and card.url else Style()
        mode = "" if card.mode is Mode.DEFAULT else f" ({card.mode} mode)"
        grid.add_row(
            "",
            Text(card.id, Style.parse("cyan") + link),
            Text(card.severity, SEVERITY_STYLE[card.severity]),
            " ".join(_SHORT[language] for language in card.languages),
            Text.assemble(card.title, (mode, "dim")),
        )
    return grid


def render_rules_json(cards: Iterable[RuleCard]) -> str:
    """The same rules as a JSON list of objects."""
    rows = [
        {
            "id": card.id,
            "title": card.title,
            "clause": card.clause,
            "severity": str(card.severity),
            "security_severity": card.security_severity,
            "confidence": str(card.confidence),
            "mode": str(card.mode),
            "languages": list(card.languages),
            "cwe": list(card.cwe),
            "summary": card.summary,
            "url": card.url,
            "previous_ids": list(card.previous_ids),
        }
        for card in sorted(cards, key=lambda card: card.id)
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"


def render_explanation(card: RuleCard, terminal: Terminal) -> str:
    """The rule's page: set on a terminal, plain Markdown on a pipe."""
    if terminal.colors is None:
        title, _, rest = readable(card).partition("\n")
        facts = "".join(f"- {name}: {value}\n" for name, value in _facts(card))
        return f"{title}\n\n{facts}{rest}"
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column()
    grid.add_column(overflow="fold")
    rows = _facts(card)
    page = Text(no_wrap=True, overflow="ignore")  # an address that is cut into lines is none
    for name, value in rows:
        if name == "page":
            page.append(f"{name:<{max(len(name) for name, _ in rows)}}  ", "dim")
            page.append(value, Style(link=value) if terminal.clickable else "")
        else:
            style = SEVERITY_STYLE[card.severity] if name == "severity" else ""
            grid.add_row(Text(name, "dim"), Text.assemble((value, style)))  # the text's own style would fill the column
    title, _, rest = readable(card).partition("\n")
    head = Text(title.removeprefix("# ").replace("`", ""), "bold underline")
    return to_text(
        Group(head, "", grid, page, "", Markdown(rest, code_theme="ansi_dark", hyperlinks=terminal.clickable)), terminal
    )


def _facts(card: RuleCard) -> list[tuple[str, str]]:
    facts = [
        ("rule", card.id),
        ("severity", f"{card.severity} ({card.security_severity})"),
        ("confidence", str(card.confidence)),
        ("clause", f"{card.clause_text} ({card.clause})" if card.clause else ""),
        ("CWE", ", ".join(f"CWE-{number}" for number in card.cwe)),
        ("mode", str(card.mode)),
        ("languages", ", ".join(card.languages)),
        ("was", ", ".join(card.previous_ids)),
        ("page", card.url),
    ]
    return [(name, value) for name, value in facts if value]
