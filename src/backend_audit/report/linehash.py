"""GitHub's `primaryLocationLineHash`: how code scanning tells that an alert is still the same one after lines moved.

A line's hash covers 100 UTF-16 code units from the line's start on. Spaces and tabs do not count, every line end counts as
one line feed, and the end of the file counts as 65535 followed by zeros. It is a polynomial in 37 that wraps at 64 bits.
Lines of equal hash are numbered in the file's order.
"""

import sys
from array import array

_BASE = 37
_WINDOW = 100
_MASK = (1 << 64) - 1
_END = 0xFFFF
_LINE_FEED = 0x0A


def line_hashes(text: str) -> list[str]:
    """The hash of each line of a file, as in `"39fa2ee980eb94b0:1"`; the first line's at index 0.

    `text` is the file's content as it is: line ends not translated, a byte order mark not removed, undecodable bytes
    replaced (`data.decode("utf-8", "replace")`).
    """
    units = _code_units(text)
    starts = [0, *(at for at, unit in enumerate(units, 1) if unit == _LINE_FEED)]
    units.append(_END)
    units.extend([0] * _WINDOW)
    known: dict[bytes, str] = {}
    counts: dict[str, int] = {}
    hashes: list[str] = []
    for start in starts:
        window = units[start : start + _WINDOW]
        key = window.tobytes()
        value = known.get(key)
        if value is None:
            value = known[key] = _polynomial(window)
        counts[value] = counts.get(value, 0) + 1
        hashes.append(f"{value}:{counts[value]}")
    return hashes


def _code_units(text: str) -> "array[int]":
    counted = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    native = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
    return array("H", counted.encode(native, "surrogatepass"))


def _polynomial(window: "array[int]") -> str:
    value = 0
    for unit in window:
        value = value * _BASE + unit
    return format(value & _MASK, "x")
