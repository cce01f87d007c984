"""Rule pages as help: whole for the terminal, the gist for code scanning."""

import re

from backend_audit.catalog import ExampleGroup, Kind, RuleCard

_MARK = re.compile(r"[ \t]*(?:#|//|--|;|<!--) ?\$ (MISSING: |SPURIOUS: )?alert(\[low\])?(?:[ \t]*-->)?$", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,})(\w+)[ \t]+(\S.*)$", re.MULTILINE)
_WORDS = {None: "reported", "MISSING: ": "not seen yet", "SPURIOUS: ": "reported, but should not be"}


def readable(card: RuleCard) -> str:
    """The page's Markdown with its expectation comments and the words of its blocks in prose."""

    def say(found: re.Match[str]) -> str:
        low = " at low confidence" if found[2] else ""
        sign = "//" if "//" in found[0] else "#"
        return f"  {sign} ← {_WORDS[found[1]]}{low}"

    return _FENCE.sub(_titled, _MARK.sub(say, card.body)).strip() + "\n"


def _titled(fence: re.Match[str]) -> str:
    """A block's opening with what its words mean said before it."""
    words = fence[3].split()
    name = next((f" `{word}`" for word in words if word != "fixed"), "")
    said = f"Mended{name}:" if "fixed" in words else name.strip() + ":"
    return f"{said}\n\n{fence[1]}{fence[2]}"


def gist(card: RuleCard) -> str:
    """What is wrong, how to mend it and one example of each: the Markdown that code scanning shows beside an alert."""
    parts = [_prose(card)]
    if card.how_to_mend:
        parts.append(f"## How to mend\n\n{card.how_to_mend}")
    failing = next((group for group in card.examples if group.kind is Kind.FAILS), None) if card.path else None
    if failing is not None:
        parts.append(f"## Example\n\n{_fenced(failing)}")
        at = card.examples.index(failing) + 1
        if at < len(card.examples) and card.examples[at].kind is Kind.FIXED:
            parts.append(f"Mended:\n\n{_fenced(card.examples[at])}")
    references = next((one.text.strip() for one in card.sections if one.heading == "References"), "")
    if references:
        parts.append(f"## References\n\n{references}")
    if card.url:
        parts.append(f"[The rule's whole page]({card.url})")
    return "\n\n".join(part for part in parts if part) + "\n"


def _prose(card: RuleCard) -> str:
    """What the page says before its first section, without the title; the summary for a rule without a page."""
    lines = card.body.split("\n")
    first = min((section.line for section in card.sections), default=card.body_line + len(lines)) - card.body_line
    return "\n".join(lines[1:first]).strip() or card.summary


def _fenced(group: ExampleGroup) -> str:
    blocks = []
    for file in group.files:
        fence = "~~~~" if "```" in file.code else "```"
        name = f"`{file.filename}`:\n\n" if len(group.files) > 1 else ""
        blocks.append(f"{name}{fence}{file.language}\n{file.code}{fence}")
    return "\n\n".join(blocks)
