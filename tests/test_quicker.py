"""The shortcuts through LibCST give the same trees and the same positions as LibCST by itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import backend_audit

SOURCE = Path(backend_audit.__file__).parent
AWKWARD = r'''
# comment
@a.b(c)  # why
async def  f(x, /, y : int = 1, *args : t, z=2, ** kw) -> a [b, c] :
    """Text."""

    global g
    a = b [1] = (c . d) ; e: int = (((3)))
    a . b ( *c , d = e , ** f )  # said
    x[1:2, ::3, *t] += - a ** (b if c else not d)
    if (yield) : pass
    elif a < b <= c in d not in e is not f: return (x for x in y if z async for w in v)
    else :
        raise E ( "a" f"{b!r:>{w}}{c=}" rf'd' ) from e
    try: await g
    except (A, B) as e: del a, b ; assert c, d
    finally: lambda a, *b, c=1: {**a, 'b': [*c], "d": {1, 2.5, 3j, ...}}
    with (a as b, c): from . . x import (a as b, c,)
    match x:
        case {"a": [1, *_], **rest} | C(d, e=f) if g: ...
    while a := b: break
    import a . b as c , d
    # footer
class C ( D , metaclass = M ) :
@x \
@    = 1
'''.replace("@x", "\tx").replace("@    =", "\t    =")
PROGRAM = """
import hashlib, json, sys
from pathlib import Path
import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
shortcuts = sys.argv[1] == "with"
if shortcuts:
    from backend_audit.lower.concrete.positions import Positions
for name in sys.argv[2:]:
    text = Path(name).read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    places = wrapper.resolve(PositionProvider)
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    offset = lambda place: lines[min(place.line, len(lines)) - 1] + place.column
    said = {node: (offset(place.start), offset(place.end)) for node, place in places.items()}
    print(json.dumps([name, wrapper.module.code == text, hashlib.sha256(repr(wrapper.module).encode()).hexdigest()]))
    print(json.dumps([[type(node).__name__, *span] for node, span in said.items()]))
    if shortcuts:
        positions = Positions(wrapper.module)
        known = [(node, span) for node, span in said.items() if id(node) in positions._spans]
        block = lambda node: hasattr(node, "body") or isinstance(node, cst.Match)  # ends with its last line: nobody points at it
        ours = {node: (positions.span(node)[0], span[1] if block(node) else positions.span(node)[1]) for node, span in known}
        wrong = [(type(node).__name__, span, ours[node]) for node, span in known if ours[node] != span]
        wrong += [(name, "differs", "")] if positions.text != text else []
        print(json.dumps([len(known), wrong]), file=sys.stderr)
"""


def told(how: str, *files: Path) -> tuple[str, list[tuple[int, list[object]]]]:
    command = [sys.executable, "-c", PROGRAM, how, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, [json.loads(line) for line in done.stderr.splitlines()]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    awkward = tmp_path / "awkward.py"
    awkward.write_text(AWKWARD, encoding="utf-8")
    return [awkward, SOURCE / "ir.py", SOURCE / "lower/python.py", SOURCE / "flow/guards.py"]


def test_trees_and_positions_are_those_of_libcst_by_itself(files: list[Path]) -> None:
    with_shortcuts, checked = told("with", *files)
    assert with_shortcuts == told("without", *files)[0]
    assert len(checked) == len(files)
    for known, wrong in checked:
        assert known > 100
        assert not wrong


def test_every_class_of_node_has_a_plain_constructor() -> None:
    """One that LibCST's next version shapes differently keeps its own: slower, no less right. Then look at it."""
    program = (
        "import libcst as cst, dataclasses; from backend_audit.lower.concrete import constructors, quicker\n"
        "for kind in constructors.node_classes():\n"
        "    if '__init__' in vars(kind) and kind.__setattr__ is not object.__setattr__: print(kind)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not done.stdout


def test_a_class_of_another_shape_keeps_its_constructor() -> None:
    program = (
        "import libcst as cst\n"
        "class Odd(cst.Name):\n"
        "    def __init__(self, value): object.__setattr__(self, 'value', value)\n"
        "own = Odd.__init__\n"
        "from backend_audit.lower.concrete import quicker\n"
        "assert Odd.__init__ is own and cst.Name('x').lpar == () and cst.Name('y', ()).value == 'y'\n"
        "assert type(cst.Comma().whitespace_after) is cst.SimpleWhitespace\n"
        "assert cst.Comma().whitespace_after is not cst.Comma().whitespace_after\n"
        "assert cst.parse_expression('a').with_changes(value='b').value == 'b'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
