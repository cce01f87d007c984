"""Pieces of texts that are put together: in order, names followed, and never more than anybody writes."""

from backend_audit import ir
from backend_audit.checks._pieces import path_pieces, pieces
from backend_audit.flow.concepts import Site
from backend_audit.lower import javascript
from backend_audit.source import Language


def _last_argument(text: str) -> tuple[ir.Expr, Site]:
    """What the last call of a program is given, and its place."""
    module = javascript.lower("app.js", text, Language.JAVASCRIPT).module
    call = [node for node in ir.walk(*module.body) if isinstance(node, ir.Call)][-1]
    return call.args[0].value, Site("app.js", call, "", "run", "", call, module=module)


def _shown(text: str) -> list[str]:
    node, site = _last_argument(text)
    return [one if isinstance(one, str) else type(one).__name__ for one in path_pieces(node, site)]


def test_pieces_stand_in_order() -> None:
    assert _shown("const tail = 'c' + `d${x}e`; run('a' + b + tail);") == ["a", "Name", "c", "d", "Name", "e"]
    assert _shown("const p = require('path'); const name = p.join(root, 'a'); run(name);") == ["Name", "a"]


def test_names_made_of_names_end() -> None:
    many = "".join(f"const v{at} = {' + '.join([f'v{at - 1}'] * 30)} + 'x';\n" for at in range(1, 8))
    node, site = _last_argument(f"{many}run(v7);")
    assert len(list(pieces(node, site))) == 500


def test_long_sums_are_read() -> None:
    node, site = _last_argument(f"run({' + '.join(f'{chr(39)}a{at}{chr(39)}' for at in range(450))});")
    assert list(pieces(node, site)) == [f"a{at}" for at in range(450)]
