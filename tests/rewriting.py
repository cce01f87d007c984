"""The same program written otherwise: what must not change a verdict."""

import ast
import re

LEAD = "# written otherwise\n\n"
SHIFT = LEAD.count("\n")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)


def shifted(code: str) -> str:
    """With a comment and a blank line before everything."""
    return LEAD + code


SETTING = re.compile(r"^[A-Z][A-Z_]{2,} *=", re.MULTILINE)  # under an `if` it may hold in development only


def reindented(code: str) -> str:
    """All of it one level deeper; unchanged where that would change strings or meaning, or is no Python any more."""
    if SETTING.search(code) or '"""' in code or "'''" in code or "\\\n" in code or "__future__" in code:
        return code
    inner = "".join(f"    {line}" if line.strip() else line for line in code.splitlines(keepends=True))
    return f"if True:\n{inner}" if code.strip() else code


def reindent_shift(code: str) -> int:
    """How many lines `reindented` puts before the code."""
    return 1 if reindented(code) != code else 0


def renamed(code: str, own_modules: frozenset[str] = frozenset()) -> str:
    """With every imported name of a library called `the_…`; unchanged where the host cannot parse it."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    names = _renamable(tree, own_modules)
    edits = [edit for node in ast.walk(tree) for edit in _edits(node, names)]
    lines = [line.encode() for line in code.splitlines(keepends=True)]
    for line, start, end, text in sorted(set(edits), reverse=True):
        lines[line - 1] = lines[line - 1][:start] + text.encode() + lines[line - 1][end:]
    return b"".join(lines).decode()


def _renamable(tree: ast.Module, own_modules: frozenset[str]) -> set[str]:
    imported: set[str] = set()
    taken: set[str] = set()  # bound by something else too, or named where no position is known
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.asname or alias.name for alias in node.names if alias.asname or "." not in alias.name}
            taken |= {alias.name.partition(".")[0] for alias in node.names if "." in alias.name}
        elif isinstance(node, ast.ImportFrom):
            names = {alias.asname or alias.name for alias in node.names}
            own = node.level > 0 or (node.module or "").partition(".")[0] in own_modules
            (taken if own else imported).update(names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            taken.add(node.id)
        elif isinstance(node, ast.arg):
            taken.add(node.arg)
        elif isinstance(node, DEFINITIONS) and node.name:
            taken.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            taken.update(node.names)
        elif isinstance(node, ast.JoinedStr):  # positions in f-strings are wrong before Python 3.12
            taken |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            taken |= set(re.findall(r"\w+", node.value))  # a quoted annotation
    return imported - taken - {"*", "__future__", "annotations"}


def _edits(node: ast.AST, names: set[str]) -> list[tuple[int, int, int, str]]:
    if isinstance(node, ast.Name) and node.id in names:
        return [(node.lineno, node.col_offset, node.end_col_offset or 0, f"the_{node.id}")]
    if isinstance(node, ast.alias) and (node.asname or node.name) in names:
        text = f"{node.name} as the_{node.asname or node.name}"
        return [(node.lineno, node.col_offset, node.end_col_offset or 0, text)]
    return []
