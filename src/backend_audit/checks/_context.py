"""Where a concept stands: under which conditions it runs, in which file, beside which other statements."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from backend_audit import ir
from backend_audit.checks._view import local_imports
from backend_audit.flow.concepts import Site
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import last_word

_DEV = frozenset(
    ("dev", "devel", "develop", "development", "local", "localhost", "sample", "ci", "demo", "e2e",
     "playground", "tutorial")
)  # fmt: skip
_SHOW = frozenset(("example", "examples", "docs", "doc"))  # as folders
_TEST = frozenset(("test", "tests", "testing", "debug"))  # beside a word for settings
_TOOLS = frozenset(("bin", "script", "scripts", "tool", "tools", "hack", "release"))
_SEEDS = re.compile(r"(?:\w+[-_.])?(?:seeds?|seeders?|seeding)(?:[-_.]\w+)?")
_DEV_TEST = re.compile(r"(?i)debug|dev|local|test|insecure|unsafe|staging|sandbox")
_PRODUCTION = re.compile(r"(?i)(?:is|in)?_?prod(?:uction)?(?:_?(?:mode|env))?")


def scope(site: Site) -> Sequence[ir.Stmt]:
    """The statements of the innermost function around `site`, else those of the module."""
    if site.function is not None:
        return site.function.body
    return site.module.body if site.module is not None else ()


def path_to(site: Site) -> list[ir.Node]:
    """The nodes of the module around `site`, outermost first."""
    if site.module is None:
        return []
    found: list[ir.Node] = []
    level: Sequence[ir.Node] = site.module.body
    while True:
        around = next((node for node in level if _covers(node, site.node)), None)
        if around is None or around is site.node:
            return found
        found.append(around)
        level = ir.children(around)


def _covers(node: ir.Node, inner: ir.Node) -> bool:
    if isinstance(node, (ir.Function, ir.Class)):
        ends = [child.end for child in ir.children(node)]
        return node.at <= inner.at and inner.end <= max([node.end, *ends])
    return node.at <= inner.at and inner.end <= node.end


def conditions(site: Site) -> list[ir.Expr]:
    """The tests of the `if`s in whose body or `else` `site` stands, outermost first."""
    return [node.test for node in path_to(site) if isinstance(node, (ir.If, ir.Conditional))]


def under_main(site: Site) -> bool:
    """Whether `site` runs only when its file is started as a program."""
    if PurePosixPath(site.path).name in ("__main__.py", "manage.py"):
        return True
    if site.function is not None and site.function.name in _started(site):
        return True
    return any(
        isinstance(test, ir.Compare)
        and any(isinstance(side, ir.Name) and side.id == "__name__" for side in (test.left, *test.rights))
        for test in conditions(site)
    )


def _started(site: Site) -> frozenset[str]:
    """The functions that the file calls when it is started as a program."""
    found: set[str] = set()
    for one in ir.walk(*site.module.body) if site.module is not None else ():
        if isinstance(one, ir.If) and isinstance(one.test, ir.Compare) and last_word(one.test.left) == "__name__":
            found.update(last_word(call.func) for call in calls_in(one.body))
    return frozenset(found)


def of_program(site: Site) -> bool:
    """Whether `site` stands in what a file's own program calls when it is started: its callers are known."""
    if site.function is None or site.module is None:
        return False
    functions = {one.name: one for one in ir.walk_scope(*site.module.body) if isinstance(one, ir.Function)}
    reached, ahead = set(_started(site)), list(_started(site))
    while ahead:
        one = functions.get(ahead.pop())
        called = {last_word(call.func) for call in calls_in(one.body)} - reached if one is not None else set()
        reached |= called
        ahead += called
    return site.function.name in reached and site.function.name in functions


def only_statements(site: Site) -> bool:
    """Whether the file runs from top to bottom and offers nothing to others: `docker/healthcheck.py`, `serve.py`."""
    body = site.module.body if site.module is not None and site.function is None else []
    return bool(body) and not any(isinstance(one, (ir.Function, ir.Class)) for one in ir.walk(*body))


def script_file(path: str) -> bool:
    """Whether the file's folder is one of tools that people start by hand."""
    folders = PurePosixPath(path).parts[:-1]
    return folders[-2:] == ("management", "commands") or not _TOOLS.isdisjoint(folders)


def only_in_development(site: Site) -> bool:
    """Whether a condition around `site` asks for a development or test environment."""
    for test in conditions(site):
        for node in ir.walk(ir.ExprStmt(test.at, test.end, test)):
            name = last_word(node)
            if isinstance(node, ir.Const) and isinstance(node.value, str):
                name = node.value
            if name and name != "__name__" and _DEV_TEST.search(name):
                return True
    return any(isinstance(one, (ir.If, ir.Conditional)) and _elsewhere_than_production(one, site) for one in path_to(site))


def _elsewhere_than_production(node: ir.If | ir.Conditional, site: Site) -> bool:
    """Whether `site` stands on the way of a test that production does not take: `if (isProduction) … else`."""
    test, other = node.test, False
    while isinstance(test, ir.Unary) and test.op == "not":
        test, other = test.operand, not other
    if isinstance(test, ir.Compare) and len(test.rights) == 1 and isinstance(test.rights[0], ir.Const):
        named, other = str(test.rights[0].value), other is not (test.ops[0] == "!=")
    else:
        named = last_word(test)
    behind = [node.orelse] if isinstance(node, ir.Conditional) else node.orelse
    return _PRODUCTION.fullmatch(named) is not None and other is not any(_covers(one, site.node) for one in behind)


def development_file(path: str) -> bool:
    """Whether the file's name or its folder says that it is for development, tests or show.

    Test code itself is judged or not as a whole, by the file's role; here only the settings of tests count.
    """
    pure = PurePosixPath(path)
    folders = {word for part in pure.parts[-3:-1] for word in words(part)}
    around = folders | set(words(pure.stem))
    if not around.isdisjoint(_DEV) or not folders.isdisjoint(_SHOW):
        return True
    testing = any(word in _TEST or word.endswith("test") for word in around)
    return testing and not around.isdisjoint(("settings", "setting", "config", "configs", "configuration", "conf"))


def seeds_rows(path: str) -> bool:
    """Whether the file fills a developer's database with made-up rows: `prisma/seed/users.ts`, `seeders/demo.js`."""
    return any(_SEEDS.fullmatch(part) for part in (*PurePosixPath(path).parts[:-1], PurePosixPath(path).stem))


def settings_module(site: Site) -> bool:
    """Whether the module holds a Django project's settings, and not only constants that are called so."""
    if site.module is None:
        return False
    assigned = {last_word(target) for one in ir.walk(*site.module.body) if isinstance(one, ir.Assign) for target in one.targets}
    return not assigned.isdisjoint(("ROOT_URLCONF", "INSTALLED_APPS", "MIDDLEWARE", "WSGI_APPLICATION", "AUTH_USER_MODEL"))


def development_name(name: str) -> bool:
    """Whether a class or function is for development or tests by its name."""
    return not set(words(name)).isdisjoint(_DEV | _TEST)


def calls_in(body: Sequence[ir.Stmt]) -> Iterator[ir.Call]:
    """Every call below `body`."""
    return (node for node in ir.walk(*body) if isinstance(node, ir.Call))


def meant(node: ir.Expr | None, module: ir.Module | None) -> str:
    """`last_word`, with names that the file imports under another one taken back: `P` of `import PROTOCOL_TLS as P`."""
    if isinstance(node, ir.Name) and module is not None:
        return local_imports(module).get(node.id, node.id).rpartition(".")[2]
    return last_word(node)
