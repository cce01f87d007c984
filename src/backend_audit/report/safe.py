"""Text from scanned code made fit to print: it must not steer the terminal nor a CI runner that reads the log."""

import re

import msgspec

from backend_audit.finding import Report

# Control characters but tab and line feed, and what changes the direction of text unseen.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_COMMAND = re.compile(r"^(\s*)::|##\[", re.MULTILINE)


def visible(text: str) -> str:
    r"""The text with characters that one cannot see written as escapes, as in `\x1b`."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def one_line(text: str) -> str:
    """`visible`, with every run of blanks and line ends folded into one blank."""
    return visible(" ".join(text.split()))


def tame(output: str) -> str:
    """A whole report in which no line is a command to a GitHub runner (`::error::`, `##[group]`)."""
    return _COMMAND.sub(lambda found: f"{found[1]}: :" if found[1] is not None else "# #[", output)


def encodable(report: Report) -> Report:
    """The same report, with what UTF-8 cannot say (file names of another encoding) written as escapes."""
    try:
        msgspec.json.encode(report)
    except UnicodeEncodeError:
        return msgspec.convert(_encodable(msgspec.to_builtins(report)), Report)
    return report


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _encodable(one) for key, one in value.items()}
    return [_encodable(one) for one in value] if isinstance(value, list | tuple) else value
