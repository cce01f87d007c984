"""The interpreter's parser and LibCST make the same IR of a file: who read it shows nowhere."""

import asyncio
import email
import sqlite3
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend_audit.lower import abstract
from backend_audit.lower.concrete import statements
from backend_audit.lower.errors import LoweringError
from backend_audit.lower.limits import unlimited_depth
from test_lower import AWKWARD, SOURCES, SYNTAX, TESTS, pieces

LIBRARY = sorted(file for module in (asyncio, email, sqlite3) for file in Path(module.__file__).parent.glob("*.py"))
MORE = st.sampled_from(["#", "\n    ", "\n", "else:", "pass", "1", "for x in "])
DETAILS = {
    "ends of blocks": (
        "if a:\n    b\n    # of the block\n# of none\nelif c:\n  d  # said\n\n  # d's\n\nelse:\n    e\n   # between\n# none\n"
    ),
    "ends of files": "def f():\n    x\n    # last",
    "one line": "if a: b; c  # d\nelse: e\nclass C: x = 1;\nfor x in y: pass\n",
    "try": (
        "try:\n    a\n    # b\nexcept A as e:\n    pass  # why\n    # and how\nexcept (B): c\nelse:\n    d\n"
        "finally:\n    e\n\n\nf\n"
    ),
    "closing": (
        "x = (a and (b) and (c  # )\n) or (d)) or not (e) or (f,) or g\n"
        "y = f(((z) for z in (w) if (z)), (z for z in ((1,), ())))\n"
        "v = ((a, (b),),)\nu = ()\nt = ( # )\n)\n"
    ),
    "subscripts": "a[1,]; a[(1, 2)]; a[b, (c)]; a[(b), c:]; a[:]; a[::2, 1:\n 2]\n",
    "arguments": "f(a, *b, c=1, *d, **e, g=(h))\nclass C(A, *B, metaclass=(M), **k): pass\n",
    "parameters": "def f(a, /, b: int = (1), * args : t, c, d=2, ** k : v) -> (r): pass\nlambda *a, **k: (a, k)\n",
    "joined strings": (
        "x = ('a' # b\n  f'{c}' \"d\" 'e' f'{g!r:>{w}}{{h}}')\ny = 'a' 'b' \\\n  'c'\nz = b'a' b'\\xff'\n'' f''\nf'' f''\n"
    ),
    "templates": "f'{a + 'b'}' if x else f\"{d['k']!s} {e:{w}.{p}f} {f=} { g = !r:x}\"\nrf'\\d{n}\\{m}' f'\\{k}'\n",
    "escapes": "x = '\\N{BULLET}\\x41\\ud800\\\n' f'\\N{BULLET}{a}\\t' r'\\' '\\''\n",
    "numbers": "-1; - 1.5; -(2); -True; 1_0j; 0xF; 99999999999999999999; -99999999999999999999; 1e400\n",
    "wide": "naïve = 'é', f'é{naïve!r}é', {'ключ': naïve}  # é\nö = [x for x in 'é' if (x)]\n",
    "names that are normalized": "\ufb01 = 1\n",
    "decorated": "class A:\n    @b\n    # c\n    @d(1)\n    async  def e(self): pass\n    # f\n  # g\n",
    "patterns": (
        "match x:\n    case []: pass\n    case ( ): pass\n    case [*_]: pass\n    case (*a, b): pass\n"
        "    case a, *b:\n        pass\n        # foot\n    case ( 1 | 'a#b' | None ) as c if c: pass\n"
        "    case {'a': [x, (y)], **rest}: pass\n    case -1 | 1+2j: pass\n"
        "    case C(1, z=( D() ), w=_): # c\n        pass\n    case ('a'\n          'b'): pass\n"
        "match x, *y:\n    case [(a), [b , ]]: pass\n"
    ),
    "form feed": "a = 1\n\x0c\ndef f():\n    pass\n\x0c\n    # b\nc\n",
    "windows": "if a:\r\n    b = '''x\r\ny'''\r\n    # c\r\nd = ('e'\r\n 'f')\r\n",
    "delete and import": (
        "del (a, b); del c, ; import a.b as c, d.e\nfrom . x . y import (a as b,  # c\n  d)\nfrom .. import *\n"
    ),
    "templates over lines": "x = f'''\n{a:\n}{\n b}'''\n",
}


def differences(text: str) -> str:
    """What differs between the two; nothing, too, where one of them does not read the text."""
    with unlimited_depth():
        try:
            fast, slow = abstract.read("example.py", text), statements.read("example.py", text)
        except (abstract.ElsewhereError, LoweringError):
            return ""
    return _difference(msgspec.to_builtins(fast), msgspec.to_builtins(slow), "")


def _difference(one: object, other: object, where: str) -> str:
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        found = (
            _difference(*pair, f"{where}/{one[0] if number else number}")
            for number, pair in enumerate(zip(one, other, strict=True))
        )
        return next((each for each in found if each), "")
    return "" if repr(one) == repr(other) else f"{where}: {str(one)[:200]} by the interpreter, {str(other)[:200]} by LibCST"


@pytest.mark.parametrize("file", SOURCES + TESTS + LIBRARY, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_files_are_lowered_alike(file: Path) -> None:
    assert not differences(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*AWKWARD, *SYNTAX, *DETAILS])
def test_details_are_lowered_alike(name: str) -> None:
    assert not differences((AWKWARD | SYNTAX | DETAILS)[name])


@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(pieces, st.sampled_from(["#", "\n    ", "\n", "else:", "pass", "1", "for x in "])), max_size=30).map(
        "".join
    )
)
@example("f(a for a in b)\n")
def test_any_text_is_lowered_alike(text: str) -> None:
    assert not differences(text)


def test_the_interpreter_reads_what_is_written_for_it() -> None:
    """Or the fast way would be lost, and nobody see it."""
    for file in (*SOURCES, *TESTS, *LIBRARY):
        abstract.read("example.py", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["names that are normalized", "type parameters (3.12)"])
def test_what_it_does_not_place_is_left_to_libcst(name: str) -> None:
    with pytest.raises(abstract.ElsewhereError):
        abstract.read("example.py", (SYNTAX | DETAILS)[name])


def test_an_expression_of_many_levels_is_left_to_libcst() -> None:
    with pytest.raises(abstract.ElsewhereError):
        abstract.read("example.py", "x = " + "not " * 20_000 + "y\n")
