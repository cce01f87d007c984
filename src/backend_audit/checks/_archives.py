"""What the program does about the names in an archive before it extracts them: read from the statements around the call."""

from collections.abc import Iterator, Mapping, Sequence

from backend_audit import ir
from backend_audit.checks._context import scope
from backend_audit.flow.concepts import Site
from backend_audit.flow.written import dotted, last_word

_TESTS = frozenset("isabs is_relative_to relative_to commonpath commonprefix abspath realpath resolve normpath safe_join".split())
_PLAIN = frozenset(("getmembers", "list", "iter", "tuple", "sorted", "open", "TarFile", "closing"))
_COPIES = frozenset(("list", "iter", "tuple", "sorted"))
_FETCHES = ("download", "retrieve", "fetch", "save", "write", "copyfileobj", "upload")
_ENDS = (ir.Raise, ir.Return)


def name_of(node: ir.Expr | None) -> str:
    """The variable that `node` is, or is an attribute or method result of."""
    while isinstance(node, (ir.Attribute, ir.Call, ir.Index)):
        node = node.func if isinstance(node, ir.Call) else node.value
    return node.id if isinstance(node, ir.Name) else ""


def member_is_checked(site: Site, member: ir.Expr | None) -> bool:
    """Whether a test of the member's name stands in the way of its extraction."""
    name = name_of(member)
    if not name:
        return False
    loop = _loop_around(scope(site), site.node)
    body: Sequence[ir.Node] = loop.body if loop is not None else scope(site)
    return _checked(body, site.node, name)


def all_are_checked(site: Site, archive: ir.Expr | None) -> bool:
    """Whether a loop over the archive's members stands before, and ends the function where a name leads out of the folder."""
    held = name_of(archive)
    nodes = list(ir.walk_scope(*scope(site))) if held else []
    opened = max(
        (one.at for one in nodes if one.at < site.node.at and _binds(one, held)), default=0
    )  # the last archive so called
    loops = (one for one in nodes if isinstance(one, ir.For) and opened <= one.at and one.end <= site.node.at)
    return any(name_of(one.iter) == held and _refuses(one) for one in loops)


def _binds(node: ir.Node, name: str) -> bool:
    targets = (
        node.targets if isinstance(node, ir.Assign) else [one.target for one in node.items] if isinstance(node, ir.With) else []
    )
    return any(isinstance(one, ir.Name) and one.id == name for one in targets)


def _refuses(loop: ir.For) -> bool:
    name, made = last_word(loop.target), dict[str, list[ir.Expr]]()
    for statement in loop.body:
        if isinstance(statement, ir.Assign) and statement.value is not None and _mentions([statement.value], name):
            made.update((one.id, [statement.value]) for one in statement.targets if isinstance(one, ir.Name))
        if isinstance(statement, ir.If) and statement.body and isinstance(statement.body[-1], _ENDS):
            asked = any(_hands_over(node, one) for node in _below(statement.test) for one in (name, *made))
            if asked or _tests_name(statement.test, name, made):
                return True
        if isinstance(statement, ir.ExprStmt) and any(_hands_over(statement.value, one) for one in (name, *made)):
            return True
    return False


def _checked(body: Sequence[ir.Node], call: ir.Node, name: str) -> bool:
    made: dict[str, list[ir.Expr]] = {}  # `where = os.path.realpath(os.path.join(folder, member.name))`
    for statement in body:
        if _holds(statement, call):
            if isinstance(statement, ir.If):
                if any(_holds(one, call) for one in statement.body):
                    return (_tests_name(statement.test, name) and _negated(statement.test)) or _checked(
                        statement.body, call, name
                    )
                return _tests_name(statement.test, name) or _checked(statement.orelse, call, name)
            return not isinstance(statement, ir.ExprStmt) and _checked(ir.children(statement), call, name)
        if isinstance(statement, ir.Assign) and _bare(statement, name):
            return True
        if isinstance(statement, ir.Assign) and statement.value is not None and _mentions([statement.value], name):
            made.update((one.id, [statement.value]) for one in statement.targets if isinstance(one, ir.Name))
        if isinstance(statement, ir.If) and _leaves(statement.body) and _tests_name(statement.test, name, made):
            return True
        if isinstance(statement, ir.ExprStmt) and _hands_over(statement.value, name):
            return True
    return False


def _bare(statement: ir.Assign, name: str) -> bool:
    """`member.name = os.path.basename(member.name)`: it keeps nothing of its folders."""
    own = any(isinstance(one, ir.Attribute) and name_of(one.value) == name for one in statement.targets)
    value = statement.value
    return own and (last_word(value.func) == "basename" if isinstance(value, ir.Call) else last_word(value) == "name")


def _holds(node: ir.Node, call: ir.Node) -> bool:
    return node.at <= call.at and call.end <= node.end


def _leaves(body: list[ir.Stmt]) -> bool:
    last = body[-1] if body else None
    return isinstance(last, _ENDS) or (isinstance(last, ir.Jump) and last.kind in ("continue", "break"))


def _negated(test: ir.Expr) -> bool:
    if isinstance(test, ir.Unary) and test.op == "not":
        return True
    if isinstance(test, ir.Logical):
        return _negated(test.left) or _negated(test.right)
    found = last_word(test.func) if isinstance(test, ir.Call) else ""
    return found in ("is_relative_to", "startswith") or (isinstance(test, ir.Compare) and test.ops[0] in ("not in", "=="))


def _mentions(nodes: Sequence[ir.Expr], name: str) -> bool:
    return any(isinstance(node, ir.Name) and node.id == name for one in nodes for node in _below(one))


def _tests_name(test: ir.Expr, name: str, made: Mapping[str, list[ir.Expr]] | None = None) -> bool:
    """Whether the test asks where the member's name leads, or what was `made` of it; a look for `..` leaves absolute names."""
    asked = [test, *(one for other, values in (made or {}).items() if _mentions([test], other) for one in values)]
    mentions = _mentions(asked, name)
    called = any(isinstance(node, ir.Call) and last_word(node.func) in _TESTS for one in asked for node in _below(one))
    if mentions and _looks_for(test, "in", "/"):  # a name without folders
        return True
    return mentions and (called or (_looks_for(test, "in", "..") and _looks_for(test, "startswith", "/")))


def _looks_for(test: ir.Expr, how: str, text: str) -> bool:
    """Whether a test asks `".." in name`, `name.startswith("/")`."""
    for node in _below(test):
        if isinstance(node, ir.Compare) and how in node.ops:
            given: list[ir.Expr] = [node.left]
        elif isinstance(node, ir.Call) and last_word(node.func) == how:
            given = [one for arg in node.args for one in _below(arg.value) if isinstance(one, ir.Const)]
        else:
            continue
        if any(isinstance(one, ir.Const) and one.value == text for one in given):
            return True
    return False


def _below(node: ir.Node) -> Iterator[ir.Node]:
    nodes: list[ir.Node] = [node]
    return ir.walk(*nodes)


def _hands_over(node: ir.Node, name: str) -> bool:
    """`check(member, target)`: another function looks at the member and may raise."""
    if not isinstance(node, ir.Call) or isinstance(node.func, ir.Attribute) or last_word(node.func) == "print":
        return False
    return any(name_of(arg.value) == name for arg in node.args)


def _loop_around(body: Sequence[ir.Stmt], call: ir.Node) -> ir.For | None:
    found: ir.For | None = None
    for node in ir.walk_scope(*body):
        if isinstance(node, ir.For) and any(_holds(one, call) for one in node.body):
            found = node
    return found


def members_are_chosen(site: Site, members: ir.Expr | None) -> bool:
    """Whether `members=` is the work of a function that picks them, or a list that a checking loop filled."""
    if isinstance(members, ir.Call):
        if last_word(members.func) in _COPIES and len(members.args) == 1:
            return members_are_chosen(site, members.args[0].value)
        return any(isinstance(arg.value, ir.Name) for arg in members.args) and last_word(members.func) not in _PLAIN
    if isinstance(members, ir.Comprehension):
        return any(clause.conditions for clause in members.clauses)
    if not isinstance(members, ir.Name):
        return False
    for node in ir.walk_scope(*scope(site)):
        if isinstance(node, ir.Assign) and node.at < site.node.at and _assigns_choice(site, node, members.id):
            return True
        if isinstance(node, ir.Call) and _appends(node, members.id) and member_is_checked_at(site, node):
            return True
    return False


def _assigns_choice(site: Site, node: ir.Assign, name: str) -> bool:
    if not isinstance(node.value, (ir.Call, ir.Comprehension)):
        return False
    return any(last_word(one) == name for one in node.targets) and members_are_chosen(site, node.value)


def member_is_checked_at(site: Site, append: ir.Call) -> bool:
    """Whether a loop tests a member before it is put into the list by `append`."""
    name = name_of(append.args[0].value) if append.args else ""
    loop = _loop_around(scope(site), append)
    return bool(name) and loop is not None and _checked(loop.body, append, name)


def _appends(node: ir.Call, name: str) -> bool:
    return isinstance(node.func, ir.Attribute) and node.func.attr in ("append", "add") and dotted(node.func.value) == name


def comes_from_elsewhere(site: Site, archive: ir.Expr | None) -> bool:
    """Whether the function fills the file of this name before: downloads it, or writes to it what it got."""
    name = name_of(archive)
    if not name:
        return False
    return any(_fills(node, name) for node in _before(site))


def opened_from_elsewhere(site: Site, archive: ir.Expr | None) -> bool:
    """The same for an open archive: `tar` of `tar = tarfile.open(path)`, after `path` was written."""
    name = name_of(archive)
    for node in ir.walk_scope(*scope(site)):
        made: ir.Expr | None = None
        if isinstance(node, ir.Assign) and any(last_word(one) == name for one in node.targets):
            made = node.value
        elif isinstance(node, ir.WithItem) and last_word(node.target) == name:
            made = node.context
        elif isinstance(node, ir.Call) and archive is not None and node.at == archive.at:
            made = node
        if (
            isinstance(made, ir.Call)
            and made.at <= site.node.at
            and any(comes_from_elsewhere(site, one.value) for one in made.args)
        ):
            return True
    return False


def _before(site: Site) -> Iterator[ir.Call]:
    return (node for node in ir.walk_scope(*scope(site)) if isinstance(node, ir.Call) and node.at < site.node.at)


def _fills(node: ir.Call, name: str) -> bool:
    if not any(isinstance(arg.value, ir.Name) and arg.value.id == name for arg in node.args) and not (
        isinstance(node.func, ir.Attribute) and name_of(node.func.value) == name and node.func.attr == "open"
    ):
        return False
    called = last_word(node.func)
    if called == "open":
        modes = [arg.value.value for arg in node.args if isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str)]
        return any(mode[:1] in ("w", "x", "a") for mode in modes if len(mode) <= 4)
    return any(word in called.lower() for word in _FETCHES)
