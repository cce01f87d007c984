"""Lowering: every syntax from 3.8 to 3.14, exact positions, and no input that does more than raise `LoweringError`."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import backend_audit
from backend_audit import ir
from backend_audit.analysis.file import ENCODER, FACTS, MODULE, FileJob, analyse
from backend_audit.finding import ProblemKind
from backend_audit.lower.errors import LoweringError
from backend_audit.lower.limits import unlimited_depth
from backend_audit.lower.python import lower
from backend_audit.pool import worker
from backend_audit.pool.worker import Failure
from backend_audit.source import Language, LineIndex, Role, SourceFile

SOURCES = sorted(Path(backend_audit.__file__).parent.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.glob("*.py"))


def module(text: str) -> ir.Module:
    return lower("example.py", text)


def attempt(text: str) -> ir.Module | LoweringError:
    try:
        return module(text)
    except LoweringError as error:
        return error


def nodes(root: ir.Module) -> Iterator[ir.Node]:
    stack: list[ir.Node] = list(root.body)
    while stack:
        node = stack.pop()
        yield node
        stack.extend(ir.children(node))


def only(text: str) -> ir.Stmt:
    (statement,) = module(text).body
    return statement


def expression(text: str) -> ir.Expr:
    statement = only(text)
    assert isinstance(statement, ir.ExprStmt)
    return statement.value


def outline(node: object) -> object:
    """A node without positions, as nested lists: what tests compare."""
    if isinstance(node, ir.Node):
        return [type(node).__name__, *(outline(getattr(node, name)) for name in node.__struct_fields__[2:])]
    if isinstance(node, list):
        return [outline(one) for one in node]
    return node


# --- positions -------------------------------------------------------------------------------------------------------


# These end with their last line, or begin with the blank before their keyword: nobody points at them.
BLOCKS = (ir.If, ir.For, ir.While, ir.Try, ir.Handler, ir.With, ir.Match, ir.Case, ir.Clause)


def misplaced(text: str) -> Iterator[str]:
    """Nodes whose text in the source is not what they say they are."""
    root = module(text)
    lines = LineIndex(root.line_starts)
    for node in nodes(root):
        own = text[node.at : node.end]
        where = f"line {lines.position(node.at).line}: {type(node).__name__} is {own[:60]!r}"
        if not 0 <= node.at <= node.end <= len(text):
            yield f"{where}: outside of the file"
        elif isinstance(node, ir.Name) and node.id not in {own, "_"}:  # a pattern that matches anything
            yield f"{where}, not {node.id}"
        elif isinstance(node, ir.Attribute) and not own.endswith(node.attr):
            yield f"{where}: does not end with .{node.attr}"
        elif isinstance(node, ir.Const):
            yield from (f"{where}: {what}" for what in _wrong_constant(node, own))
        elif isinstance(node, ir.Function | ir.Class):
            yield from (f"{where}: {what}" for what in _wrong_definition(node, text))
        elif isinstance(node, ir.Call) and not own.endswith(")"):
            yield f"{where}: does not end with its parenthesis"
        elif own != own.strip() and not isinstance(node, BLOCKS):
            yield f"{where}: white space around it"
        for child in ir.children(node):
            if not isinstance(node, ir.Function | ir.Class | ir.Param | ir.WithItem) and not (
                node.at <= child.at and child.end <= node.end
            ):
                yield f"{where}: {type(child).__name__} {text[child.at : child.end][:40]!r} lies outside of it"


def _wrong_constant(node: ir.Const, own: str) -> Iterator[str]:
    if node.kind in ("int", "float", "complex") and not own.lstrip("-+~ (")[:1].isdigit() and "." not in own:
        yield "no number"
    elif node.kind in ("none", "bool") and own != str(node.value):
        yield f"not {node.value}"
    elif node.kind == "ellipsis" and own != "...":
        yield "not ..."


def _wrong_definition(node: ir.Function | ir.Class, text: str) -> Iterator[str]:
    head = text[node.at : node.name_end]
    if (
        node.name.isidentifier()
        and node.name != "lambda"
        and not (head.startswith(("def ", "async ", "class ", "def\t")) and head.endswith(node.name))
    ):
        yield f"the head is {head[:60]!r}"


@pytest.mark.parametrize("file", SOURCES + TESTS, ids=lambda file: file.name)
def test_positions_are_exact_in_this_repository(file: Path) -> None:
    told = list(misplaced(file.read_text(encoding="utf-8")))
    assert not told, "\n".join(told[:10])


AWKWARD = {
    "parentheses": "value = ((a)) + (b  .c\n    .d) * (-(1))\nf ( (x) ,  * y , ** z )\n",
    "line ends": "a = 1\r\nb = a\r\nif a:\r\n    c(b)\r\n",
    "old line ends": "a = 1\rb = a\rc(b)\r",
    "no last line end": "def f(x):\n    return x.y",
    "tabs and form feeds": "if a:\n\tif b:\n\t\tc.d(e)\n\x0c\nf = 1\n",
    "continuations": "x = a + \\\n    b . c\nassert x, \\\n  y\n",
    "wide characters": 'naïve = "🐍" + ключ.значение\nf"{naïve}🐍{ключ!r:>{10}}"\n',
    "semicolons": "a = 1; b.c(a); del b\nif a: pass; b\n",
    "comments": "# first\nx = 1  # second\ndef f():  # third\n    # fourth\n    return x\n# last",
    "decorators": "@a.b(c)\n@d\nasync def  f ( x : int = 1 ) -> y . z : ...\n@e\nclass  C ( D , metaclass = M ) : x : int\n",
    "strings": "a = b'x' rb'\\y', u'z' \"\"\"t\n  q\"\"\"\nc = ('a'\n     'b' f'{d}')\n",
    "slices": "x[1:2, ::3, ...]\nx[a:b][c]\n",
    "empty lines": "\n\n\n\nx = 1\n\n\n",
    "nested templates": 'f\'{a + f"{b.c!s:{w}}" }\' f"{ d = }"\n',
}


@pytest.mark.parametrize("name", AWKWARD)
def test_positions_are_exact_in_awkward_layouts(name: str) -> None:
    told = list(misplaced(AWKWARD[name]))
    assert not told, "\n".join(told)


def test_comments_know_whether_they_stand_alone() -> None:
    found = [(one.text, one.own_line) for one in module(AWKWARD["comments"]).comments]
    assert found == [("# first", True), ("# second", False), ("# third", False), ("# fourth", True), ("# last", True)]


def test_a_sign_in_a_string_is_no_comment() -> None:
    assert module("a = '# no'\nb = '''\n# no\n'''\nc = f'{x:#x} # no'\n").comments == []


def test_docstring_is_known() -> None:
    text = '"""What it is."""\nx = 1\n'
    assert module(text).docstring_end == len('"""What it is."""')
    assert module("x = 1\n").docstring_end == 0


# --- syntax ----------------------------------------------------------------------------------------------------------

SYNTAX = {
    "walrus (3.8)": "if (n := len(a)) > 10: print(n)\n",
    "positional only (3.8)": "def f(a, b=1, /, c=2, *, d, e=3, **f): return a\n",
    "f-string = (3.8)": "print(f'{x = !r}')\n",
    "decorator expressions (3.9)": "@buttons[0].clicked.connect\ndef f(): ...\n",
    "parenthesised with (3.9)": "with (open('a') as a, open('b') as b,):\n    pass\n",
    "match (3.10)": (
        "match command.split():\n    case ['go', ('north' | 'south') as where]: go(where)\n"
        "    case {'x': x, **rest} if x: pass\n    case Point(x=0, y=[_, *more]): pass\n"
        "    case -1 | 2.5 | 'a' 'b' | None | colour.RED: pass\n    case str(): pass\n    case _: pass\n"
    ),
    "match as a name": "match = 1\nmatch[0] = match.case\ncase = type = match\n",
    "except groups (3.11)": "try:\n    f()\nexcept* (OSError, ValueError) as group:\n    raise\n",
    "star in an index (3.11)": "def f(*args: *Ts) -> Array[*Shape]: return a[*b]\n",
    "type parameters (3.12)": "type Pair[T] = tuple[T, T]\ndef f[T: int, *Ts, **P](x: T) -> T: return x\nclass C[T](B): pass\n",
    "nested f-strings (3.12)": "f'{d['key']} {f'{f'{1}'}'} {'\\n'.join(a)}'\n",
    "f-string over lines (3.12)": "f'{\n    a  # why\n}'\n",
    "type parameter defaults (3.13)": "class C[T = int]: pass\ntype A[**P = [int]] = int\n",
    "template strings (3.14)": "t'{name!r:>{width}} and {other}'\n",
    "except without parentheses (3.14)": "try:\n    f()\nexcept OSError, ValueError:\n    pass\n",
    "async": (
        "async def f():\n    async with a as b, c: pass\n    async for x in y: pass\n    else: pass\n"
        "    return [await z async for z in q if await p(z)], {k: v async for k, v in w}, (yield)\n"
    ),
    "star expressions": "a, *b = [*c, *d]\nf(*a, *b, **c, **d, e=1)\nx = {**a, 'b': c}\nreturn_ = *a, 1\n",
    "lambda": "f = lambda x, *a, y=1, **k: (yield)\ng = lambda: 0\n",
    "global": "def f():\n    global a, b\n    def g():\n        nonlocal c\n",
    "chained": "a = b = c\na < b <= c != d is not e not in f\n",
    "augmented": "a += 1; b @= c; d //= 2; e **= 3; g >>= 1; h |= i\n",
    "numbers": "x = 0x_ff, 0b1, 0o7, 1_000, 1e10, .5, 3j, 00, 99999999999999999999999\n",
    "import": "import a.b.c as d, e.f\nfrom . import g\nfrom ...h.i import (j as k, l,)\nfrom m import *\n",
    "else everywhere": (
        "for a in b:\n    continue\nelse: pass\nwhile a: break\nelse: pass\ntry: a\nexcept: b\nelse: c\nfinally: d\n"
    ),
    "annotations": "x: int\ny: 'List[int]' = []\nself.z: dict[str, int] = {}\n",
    "conditional": "x = a if b else c if d else e\nassert x, 'y'\nraise A from B\n",
    "byte order mark is gone before": "x = 'utf'\n",
    "empty": "",
    "only a comment": "# nothing",
    "only white space": "   \n\t\n",
}


@pytest.mark.parametrize("name", SYNTAX)
def test_all_syntax_is_read(name: str) -> None:
    told = list(misplaced(SYNTAX[name]))
    assert not told, "\n".join(told)


@pytest.mark.parametrize("name", SYNTAX)
def test_what_is_lowered_survives_the_cache(name: str) -> None:
    root = module(SYNTAX[name])
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(root), type=ir.Module)
    assert outline(again.body) == outline(root.body)
    assert msgspec.msgpack.encode(again) == msgspec.msgpack.encode(root)


def test_lowering_is_a_function_of_the_text() -> None:
    text = SYNTAX["match (3.10)"] + SYNTAX["async"]
    assert msgspec.msgpack.encode(module(text)) == msgspec.msgpack.encode(module(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a\\tb\\x41\\u00e9\\N{EURO SIGN}'", "a\tbAé€"),
        ("r'a\\tb'", "a\\tb"),
        ("'a' \"b\" '''c'''", "abc"),
        ("'a\\\nb'", "ab"),
        ("'\\q\\8'", "\\q\\8"),
        ("'\\101\\0'", "A\0"),
        ("''", ""),
    ],
)
def test_strings_are_evaluated(text: str, value: str) -> None:
    found = expression(f"({text})\n")
    assert isinstance(found, ir.Const), outline(found)
    assert (found.kind, found.value) == ("str", value)


def test_bytes_are_octets() -> None:
    assert outline(expression("b'\\xff\\x00a'\n")) == ["Const", "bytes", "\xff\x00a"]


def test_implicit_concatenation_keeps_the_holes() -> None:
    found = outline(expression("('SELECT ' f'{a}' ' WHERE '\n f'b = {b!r:>{w}}')\n"))
    text = json.dumps(found)
    assert all(part in text for part in ('"SELECT "', '" WHERE "', '"b = "')), text
    assert text.index('"SELECT "') < text.index('"a"') < text.index('" WHERE "') < text.index('"b"'), text


def test_braces_in_templates_are_text() -> None:
    assert outline(expression("f'{{{a}}}'\n")) == [
        "Template",
        [["Const", "str", "{"], ["Hole", ["Name", "a"], None, []], ["Const", "str", "}"]],
    ]


def test_elif_is_an_if_in_the_else() -> None:
    found = only("if a: b\nelif c: d\nelse: e\n")
    assert isinstance(found, ir.If)
    (inner,) = found.orelse
    assert isinstance(inner, ir.If)
    assert outline(inner.test) == ["Name", "c"]
    assert len(inner.orelse) == 1


def test_match_names_its_captures() -> None:
    found = only(SYNTAX["match (3.10)"])
    assert isinstance(found, ir.Match)
    assert [sorted(case.captures) for case in found.cases] == [["where"], ["rest", "x"], ["more"], [], [], []]
    assert [case.guard is not None for case in found.cases] == [False, True, False, False, False, False]
    assert found.cases[-1].pattern is None


def test_except_without_parentheses_names_both() -> None:
    found = only(SYNTAX["except without parentheses (3.14)"])
    assert isinstance(found, ir.Try)
    with_ = only(SYNTAX["except without parentheses (3.14)"].replace("OSError, ValueError", "(OSError, ValueError)"))
    assert outline(found) == outline(with_)


def test_generators_are_told_from_functions() -> None:
    flags = [
        (one.is_generator, one.is_async)
        for one in module(
            "def a():\n    yield\ndef b():\n    def c():\n        yield from x\n    return c\n"
            "async def d():\n    await (yield)\ndef e():\n    lambda: (yield)\n"
        ).body
        if isinstance(one, ir.Function)
    ]
    assert flags == [(True, False), (False, False), (True, True), (False, False)]


def test_chains_nest_to_the_left() -> None:
    assert outline(expression("a and b and c\n")) == [
        "Logical",
        "and",
        ["Logical", "and", ["Name", "a"], ["Name", "b"]],
        ["Name", "c"],
    ]


def test_imports_are_told_apart() -> None:
    found = [(one.module, one.level, [(n.name, n.asname) for n in one.names]) for one in module(SYNTAX["import"]).body]  # type: ignore[union-attr]
    assert found == [
        ("a.b.c", 0, [(None, "d")]),
        ("e.f", 0, [(None, "e")]),
        ("", 1, [("g", "g")]),
        ("h.i", 3, [("j", "k"), ("l", "l")]),
        ("m", 0, [("*", "*")]),
    ]


# --- what is no Python -----------------------------------------------------------------------------------------------

BROKEN = {
    "truncated": "def f(x):\n    return (x,\n",
    "unfinished string": "x = 'abc\ny = 1\n",
    "unfinished triple": '"""never ends\n\n',
    "wrong indentation": "def f():\n    a\n  b\n",
    "conflict markers": "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> theirs\n",
    "Python 2": "print 'hello'\n",
    "template": "{% if x %}\nimport {{ name }}\n{% endif %}\n",
    "null byte": "a = 1\x00\n",
    "control characters": "a = \x01\x02\n",
    "a lone surrogate": "a = '\ud800'\n",
    "brackets": "x = " + "(" * 5_000 + "\n",
    "nested lists": "x = " + "[" * 1_000 + "]" * 1_000 + "\n",
    "nested calls": "f(" * 400 + ")" * 400 + "\n",
    "nested blocks": "".join(" " * depth + "if x:\n" for depth in range(300)) + " " * 300 + "pass\n",
    "bad f-string": "f'{'\nf'{a b}'\n",
    "shell": '#!/bin/sh\necho "$1" | grep -v x\n',
    "bytes beside str": "x = b'a' 'b'\n",
    "JSON with true": '{"a": true}\n}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_input_is_an_error_with_a_line(name: str) -> None:
    text = BROKEN[name]
    found = attempt(text)
    if isinstance(found, LoweringError):
        assert 0 <= found.line <= text.count("\n") + 2, f"line {found.line}"
        assert str(found)
    else:
        assert name in {"a lone surrogate", "nested blocks"}, f"read as {outline(found.body[:2])}"


def test_error_names_the_line() -> None:
    with pytest.raises(LoweringError) as caught:
        module("a = 1\nb = 2\nc = = 3\n")
    assert caught.value.line == 3
    assert not caught.value.too_deep


@pytest.mark.parametrize("opening", ["(", "[", "{", "f("])
def test_depth_is_told_apart_from_syntax(opening: str) -> None:
    closing = {"(": ")", "[": "]", "{": "}", "f(": ")"}[opening]
    with pytest.raises(LoweringError) as caught:
        module(f"a = 1\nb = {opening * 500}1{closing * 500}\n")
    assert caught.value.too_deep
    assert caught.value.line == 2


LONG = {
    "sum": "x = " + " + ".join(["a"] * 1_500) + "\n",
    "strings": "x = " + " ".join(["'a'"] * 1_500) + "\n",
    "attributes": "x = a" + ".b" * 1_000 + "\n",
    "calls": "x = a" + ".b()" * 700 + "\n",
    "elif": "if a: b\n" + "elif a: b\n" * 700,
    "operators": "x = " + " or ".join(["a"] * 1_500) + "\n",
    "minus": "x = " + "-" * 1_000 + "1\n",
    "not": "x = " + "not " * 800 + "y\n",
    "lambda": "x = " + "lambda: " * 500 + "0\n",
    "conditional": "x = " + "a if b else " * 800 + "c\n",
}


@pytest.mark.parametrize("name", LONG)
def test_long_chains_end_well(name: str) -> None:
    """Generated code has chains of a thousand; they are read, or the file is said to nest too deeply."""
    before = sys.getrecursionlimit()
    found = attempt(LONG[name])
    if isinstance(found, LoweringError):
        assert found.too_deep, f"{name}: {found}"
    else:
        job = FileJob(SourceFile("example.py", "", Language.PYTHON, Role.SOURCE, 0), LONG[name].encode())
        answer = worker.attempt(analyse, ENCODER.encode(job))  # an interpreter may bear less depth in C
        with unlimited_depth():
            assert (
                answer.kind is ProblemKind.TOO_DEEP if isinstance(answer, Failure) else MODULE.decode(FACTS.decode(answer).module)
            )
    assert sys.getrecursionlimit() == before


def test_a_table_with_many_rows_is_no_depth() -> None:
    root = module("x = [\n" + "    {'a': [1, (2, 3)]},\n" * 3_000 + "]\n")
    assert len(root.body) == 1


WORDS = (
    'def f(a):|\n|\n    |return |a|.b|(|)|[|]|{|}|\'|"|"""|f\'|=|:|#| x|async |await |lambda |if |match x:|case _:|1e|0x|*|@|,'
)
pieces = st.sampled_from([*WORDS.split("|"), "|", "\t", "\r\n", "\\", "\x00", "é", "🐍"])


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.lists(pieces, max_size=30).map("".join), st.text(max_size=80)))
@example("")
@example("\x0c")
@example("\\")
@example("a\r")
def test_any_text_is_lowered_or_refused(text: str) -> None:
    try:
        root = module(text)
    except LoweringError:
        return
    assert msgspec.msgpack.encode(root) is not None
    assert not list(misplaced(text))


# --- files without code ----------------------------------------------------------------------------------------------

PIECES = ["\n", "\r\n", "\r", " ", "\t", "\x0c", "# x", "#", "# é \t", "\\", "\v", "'", "\0"]
NO_CODE = st.lists(st.sampled_from(PIECES), max_size=8)


@given(NO_CODE.map("".join))
@example("")
@example("# a\n\n  # b  \n")
@example("# x\\\n")
@settings(max_examples=200, deadline=None)
def test_files_without_code_are_lowered_as_libcst_would_have_it(text: str) -> None:
    def outcome() -> object:
        try:
            return msgspec.json.encode(module(text))
        except LoweringError as error:
            return str(error), error.line

    short = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend_audit.lower.python._NO_CODE", re.compile(r"(?!)"))
        assert outcome() == short
