"""What the arguments of a tag say: names that it binds, templates that it runs."""

from backend_audit import ir
from backend_audit.lower.templates.expression import Reader, UnreadableError, expression
from backend_audit.lower.templates.words import names_in, tokens

_UNKNOWN = "?"


def unknown(at: int, end: int) -> ir.Expr:
    """An expression that may be anything."""
    return ir.Index(at, end, ir.Container(at, end, "tuple", []), ir.Name(at, end, _UNKNOWN))


def loop(text: str, at: int, end: int) -> tuple[ir.Expr, ir.Expr]:
    """Target and iterable of `x, y in xs if … recursive`."""
    reader = Reader(tokens(text, at, end))
    try:
        target = targets(reader)
        reader.expect("in")
        return target, reader.either()
    except UnreadableError:
        return ir.Container(at, at, "tuple", []), names_in(reader.words)


def targets(reader: Reader) -> ir.Expr:
    """One name, or several as a tuple."""
    start = reader.peek()
    parenthesis = reader.take("(")
    items: list[ir.Item] = []
    while True:
        value = reader.postfix(reader.primary())
        items.append(ir.Item(value.at, value.end, None, value, 0))
        if not reader.take(","):
            break
    if parenthesis:
        reader.expect(")")
    if len(items) == 1:
        return items[0].value
    return ir.Container(start.at, items[-1].end, "tuple", items)


def assignments(text: str, at: int, end: int) -> list[ir.Stmt]:
    """`a=b c=d` and `a = b, c = d` of `with`, `b as a` of Django, `a, b = c` of `set`."""
    reader = Reader(tokens(text, at, end))
    found: list[ir.Stmt] = []
    try:
        while reader.peek().kind != "end":
            start = reader.at
            found.append(_assignment(reader))
            reader.take(",", "and")
            if reader.at == start:
                break
    except UnreadableError:
        pass
    return found


def _assignment(reader: Reader) -> ir.Stmt:
    start = reader.at
    target = targets(reader)
    if reader.take("="):
        value = reader.expression()
    else:
        reader.at = start
        value = reader.filtered(reader.postfix(reader.primary()))
        reader.expect("as")
        target = targets(reader)
    return ir.Assign(target.at, value.end, [target], "", value, None)


def bound_by(text: str, at: int, end: int) -> list[ir.Stmt]:
    """The name that a tag of the project or a library binds at its end: `{% get_list x as items %}`."""
    words = tokens(text, at, end)[:-1]
    if len(words) > 1 and words[-2].text == "as" and words[-1].kind == "name":
        name = words[-1]
        target = ir.Name(name.at, name.end, name.text)
        return [ir.Assign(name.at, name.end, [target], "", unknown(at, end), None)]
    return []


def include(text: str, name: str, at: int, end: int) -> ir.Stmt | None:
    """`include`, `extends`, `import` and `from … import`."""
    reader = Reader(tokens(text, at, end))
    try:
        template = reader.filtered(reader.postfix(reader.primary()))
        args: list[ir.Arg] = []
        names: list[ir.Alias] = []
        only = False
        if name == "import":
            reader.expect("as")
            word = reader.next()
            names, only = [ir.Alias(word.at, word.end, None, word.text)], True
        elif name == "from":
            reader.expect("import")
            names, only = _imported(reader), True
        elif name == "include":
            args, only = _given(reader)
    except UnreadableError:
        return None
    return ir.Include(at, end, template, args, only, names)


def _imported(reader: Reader) -> list[ir.Alias]:
    found: list[ir.Alias] = []
    while reader.peek().kind == "name" and reader.peek().text not in ("with", "without"):
        word = reader.next()
        alias = reader.next() if reader.take("as") else word
        found.append(ir.Alias(word.at, alias.end, word.text, alias.text))
        reader.take(",")
    return found


def _given(reader: Reader) -> tuple[list[ir.Arg], bool]:
    """`with a=b only` of Django; Jinja's `without context`."""
    args: list[ir.Arg] = []
    only = False
    while reader.peek().kind != "end":
        word = reader.next()
        if word.text in ("only", "without"):
            only = True
        elif word.kind == "name" and reader.peek().text == "=":
            reader.next()
            value = reader.filtered(reader.postfix(reader.primary()))
            args.append(ir.Arg(word.at, value.end, value, word.text, 0))
    return args, only


def parameters(text: str, at: int, end: int) -> tuple[str, list[ir.Param]] | None:
    """Name and parameters of `macro name(a, b=1)`."""
    reader = Reader(tokens(text, at, end))
    try:
        name = reader.next()
        reader.expect("(")
        found: list[ir.Param] = []
        while not reader.take(")"):
            word = reader.word("name")
            default = reader.expression() if reader.take("=") else None
            found.append(ir.Param(word.at, default.end if default else word.end, word.text, "positional", None, default))
            reader.take(",")
    except UnreadableError:
        return None
    return name.text, found


def test(text: str, at: int, end: int) -> ir.Expr:
    """The condition of an `if`."""
    return expression(text, at, end)
