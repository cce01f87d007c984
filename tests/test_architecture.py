"""The house keeps its shape: who may import whom, who may print, who may swallow, how long a module may be."""

import ast
import importlib
import importlib.util
import re
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

import backend_audit
from backend_audit.catalog import rules_root
from backend_audit.flow.model_files import load_models, model_files

PACKAGE = Path(backend_audit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MODELS = sorted((rules_root() / "models" / "python").glob("*.toml"))

WORDS = frozenset({"source", "finding", "ir", "suggest", "inventory", "toml_files"})
JUDGES = WORDS | {"link", "flow", "routes", "frameworks", "checks", "secrets", "signs"}
# The rooms of the code map, and the rooms into which each may look (its own it always may).
MAY_IMPORT = {
    "source": frozenset[str](),
    "finding": frozenset[str](),
    "inventory": frozenset({"finding"}),
    "suggest": frozenset[str](),
    "toml_files": frozenset[str](),
    "ir": frozenset({"source"}),
    "catalog": WORDS,
    "config": WORDS | {"catalog"},
    "discover": WORDS,
    "difference": WORDS,
    "integrations": frozenset[str](),
    "lower": WORDS,
    "link": WORDS,
    "flow": WORDS | {"link", "regex"},
    "routes": WORDS | {"link", "flow"},
    "frameworks": WORDS | {"link", "flow", "routes"},
    "checks": WORDS | {"link", "flow", "routes", "frameworks", "secrets", "regex"},
    "regex": frozenset[str](),
    "signs": WORDS | {"link", "flow", "routes", "regex"},
    "criteria": WORDS,
    "secrets": WORDS | {"checks"},
    "semgrep": WORDS | {"catalog", "config"},
    "suppress": WORDS,
    "pool": WORDS,
    "cache": WORDS,
    "analysis": JUDGES | {"lower", "suppress", "cache", "catalog", "config", "pool", "semgrep"},
    "audit": JUDGES
    | {"lower", "suppress", "cache", "catalog", "config", "difference", "discover", "pool", "semgrep", "analysis"},
    "workflow": WORDS | {"discover"},
    "language_server": WORDS | {"audit", "catalog", "config", "report"},
    "review": WORDS | {"audit", "config", "difference", "discover"},
    "report": WORDS | {"catalog", "criteria"},
    "cli": WORDS
    | {
        "catalog",
        "config",
        "audit",
        "difference",
        "integrations",
        "language_server",
        "workflow",
        "review",
        "report",
        "discover",
        "cache",
        "lower",
        "analysis",
        "pool",
        "secrets",
        "suppress",
        "criteria",
        "signs",
    },
    "__main__": frozenset({"cli"}),
    "__init__": frozenset[str](),
}
# Packages that only one place knows, so that they can be replaced there.
ONLY_IN = {
    "libcst": ("lower/",),
    "tree_sitter": ("lower/", "secrets/from_javascript.py", "secrets/javascript_source.py", "secrets/javascript_variables.py"),
    "tree_sitter_javascript": ("lower/", "secrets/javascript_source.py"),
    "tree_sitter_typescript": ("lower/", "secrets/javascript_source.py"),
    "sarif_om": ("report/sarif.py", "report/attrs_json.py"),
    "rich": ("report/", "cli/"),
    "click": ("cli/",),
    "jinja2": ("report/html.py",),
    "lsprotocol": ("language_server/",),
    "pygls": ("language_server/",),
    "markupsafe": ("report/html.py",),
    "pydantic": ("config/", "report/"),
    "pydantic_core": ("config/", "report/"),
    "sqlite3": ("cache",),
    "subprocess": ("discover/git.py", "semgrep/"),
    "multiprocessing": ("pool/",),
    "platformdirs": ("cache", "config/", "cli/"),
    "socket": ("cli/keep.py", "cli/keeper.py"),  # those that are files (see below)
}
# No network, no pickle, nothing that differs from run to run, and scanned code is never run.
NETWORK = {"ssl", "http", "urllib", "requests", "httpx", "aiohttp", "ftplib", "smtplib"}
NOWHERE = NETWORK | {"pickle", "marshal", "shelve", "dill", "random", "secrets", "uuid", "runpy", "code", "codeop"}
# Edges where one file's, one function's or one check's failure becomes a Problem (and the last line of the CLI).
MAY_CATCH_ALL = frozenset(
    {
        "analysis/asking.py",
        "analysis/judgement.py",
        "flow/engine.py",
        "pool/worker.py",
        "pool/scheduler.py",
        "cli/__init__.py",
    }
)
MAX_LINES = 300
# Longer for a reason, with the length that they may not pass.
LONGER = {
    "ir.py": 595,  # one struct beside the other: a reference to read at a glance
    "flow/builtin.py": 580,  # a table with a function a row
    "flow/values.py": 420,
    "flow/statements.py": 470,
    "flow/calls.py": 460,
    "flow/expressions.py": 470,
    "flow/concepts.py": 560,  # a reference, as ir.py
    "lower/concrete/expressions.py": 400,
}


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, also inside of functions."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)}:{node.lineno}: relative import; the others are absolute"
            if node.module == "backend_audit":
                yield from ((node.lineno, f"backend_audit.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, node.module or ""


def every(files: Sequence[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test over all `files` that tells every offender: thousands of tests of a millisecond cost a minute."""

    def decorate(test: Callable[[Path], None]) -> Callable[[], None]:
        def over_all() -> None:
            told = []
            for file in files:
                try:
                    test(file)
                except (AssertionError, pytest.fail.Exception) as error:
                    told.append(str(error).partition("\n")[0])
            if told:
                pytest.fail("\n".join(told), pytrace=False)

        over_all.__name__, over_all.__doc__ = test.__name__, test.__doc__
        return over_all

    return decorate


every_file = every(FILES)


@every_file
def test_imports_point_one_way(file: Path) -> None:
    room = room_of(file)
    allowed = MAY_IMPORT[room] | {room}
    for line, name in imports(file):
        parts = name.split(".")
        if parts[0] == "backend_audit" and len(parts) > 1 and parts[1] != "__version__":
            assert parts[1] in allowed, f"{name_of(file)}:{line}: {room}/ may not import {name}"


@every_file
def test_packages_stay_in_their_rooms(file: Path) -> None:
    own = name_of(file)
    for line, name in imports(file):
        package = name.partition(".")[0]
        assert package not in NOWHERE or name == "urllib.parse", f"{own}:{line}: {package} has no place in this tool"
        places = ONLY_IN.get(package)
        assert places is None or own.startswith(places), f"{own}:{line}: {package} belongs into {', '.join(places)}"


@every([file for file in FILES if name_of(file) in ONLY_IN["socket"]])
def test_sockets_are_files(file: Path) -> None:
    """Processes of one user on one machine meet at them; nothing goes over a network."""
    nodes = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Attribute)]
    used = {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "socket"}
    assert used <= {"socket", "AF_UNIX", "MSG_WAITALL", "send_fds", "recv_fds"}
    calls = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
    made = [node for node in calls if ast.unparse(node.func) == "socket.socket"]
    assert [ast.unparse(arg) for node in made for arg in node.args] == ["socket.AF_UNIX"] * len(made)


@every([file for file in FILES if room_of(file) == "checks"])
def test_checks_name_no_framework_module(file: Path) -> None:
    """Checks ask concepts; what they need of secrets and frameworks are words, not machinery."""
    for line, name in imports(file):
        if name.startswith(("backend_audit.lower", "backend_audit.link")):
            assert name == "backend_audit.link.symbols", f"{name_of(file)}:{line}: a check may not import {name}"
        top = name.partition(".")[0]
        own = top in {"backend_audit", "msgspec"} or top in sys.stdlib_module_names
        assert own, f"{name_of(file)}:{line}: a check may not import {name}"


@every_file
def test_only_report_and_cli_print(file: Path) -> None:
    if room_of(file) in {"report", "cli"}:
        return
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"print", "input", "breakpoint"}, f"{name_of(file)}:{node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr not in {"stdout", "stderr"}, f"{name_of(file)}:{node.lineno}: sys.{node.attr}"


@every_file
def test_nothing_is_evaluated(file: Path) -> None:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"eval", "exec", "compile", "__import__"}, f"{name_of(file)}:{node.lineno}: {name}()"
            if name == "importlib.import_module":
                assert name_of(file) in {"checks/__init__.py", "pool/worker.py"}, f"{name_of(file)}:{node.lineno}: {name}()"


@every_file
def test_broad_excepts_stand_at_the_edges(file: Path) -> None:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            broad = not caught or re.search(r"\b(Base)?Exception\b", caught)
            assert not broad or name_of(file) in MAY_CATCH_ALL, f"{name_of(file)}:{node.lineno}: except {caught}"


@every_file
def test_modules_stay_readable(file: Path) -> None:
    own, lines = name_of(file), len(file.read_text(encoding="utf-8").splitlines())
    limit = LONGER.get(own, MAX_LINES)
    assert lines <= limit, f"{own} has {lines} lines; {limit} are allowed"


@pytest.mark.parametrize("own", LONGER)
def test_exemptions_are_needed(own: str) -> None:
    file = PACKAGE / own
    assert file.exists(), f"{own} is gone: take it off the list"
    assert len(file.read_text(encoding="utf-8").splitlines()) > MAX_LINES * 0.9, f"{own} is short again: take it off the list"


@every_file
def test_no_stubs(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = re.search(r"\b(TODO|FIXME|XXX|HACK|raise NotImplementedError|placeholder for now)\b", text)
    if found and not (found[0] in {"TODO", "FIXME", "XXX", "HACK"} and room_of(file) == "secrets"):  # names of look-alikes
        line = text[: found.start()].count("\n") + 1
        pytest.fail(f"{name_of(file)}:{line}: {found[0]}", pytrace=False)
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            empty = not body or all(isinstance(one, ast.Pass) for one in body)
            declares = bool(node.decorator_list)  # a click group is its docstring and options
            assert not empty or declares, f"{name_of(file)}:{node.lineno}: {node.name} does nothing"


@every_file
def test_modules_say_what_they_are(file: Path) -> None:
    if file.name in {"__init__.py", "__main__.py"} and not file.read_text(encoding="utf-8").strip():
        return
    if file.name != "__main__.py":
        assert ast.get_docstring(tree_of(file)), f"{name_of(file)}: no docstring"


def test_every_room_is_on_the_map() -> None:
    rooms = {room_of(file) for file in FILES}
    assert rooms <= MAY_IMPORT.keys(), f"not in MAY_IMPORT: {sorted(rooms - MAY_IMPORT.keys())}"
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    for room in sorted(rooms - {"__init__", "__main__"}):
        assert f"`{room}" in readme, f"src/backend_audit/README.md does not say what {room} is"


# --- library models --------------------------------------------------------------------------------------------------

PATH = re.compile(r"(\?|[A-Za-z_]\w*(\(\))?)(\.([A-Za-z_]\w*|\*)(\(\))?)*(\[\])?")
SPEC = re.compile(r"(\d+|\*)?(:[A-Za-z_]\w*)?")
HEADER = {"package", "docs", "aliases", "types", "results", "methods"}


def paths_of(data: dict[str, object]) -> Iterator[str]:
    """Every API path that a model file names."""
    for key in ("aliases", "results"):
        table = data.get(key, {})
        assert isinstance(table, dict)
        yield from table
        # `=0` is no path: the result is that argument
        yield from (str(one) for one in table.values() if one not in ("[self]", "[owner]") and not re.fullmatch(r"=\d", str(one)))
    methods = data.get("methods", {})
    assert isinstance(methods, dict)
    yield from methods
    types = data.get("types", {})
    assert isinstance(types, dict)
    yield from types
    for name, rows in data.items():
        if name not in HEADER:
            assert isinstance(rows, list)
            yield from (path for row in rows for trigger in ("call", "read", "write", "store") for path in row.get(trigger, ()))


def test_all_models_load_together() -> None:
    models = load_models(model_files(rules_root()))
    assert models.rows["call"], "no rows"


every_model = every(MODELS)


@every_model
def test_model_is_plausible(file: Path) -> None:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    assert data["package"], f"{file.name}: no package"
    assert str(data["docs"]).startswith("https://"), f"{file.name}: docs must be the page that the rows were written from"
    for path in paths_of(data):
        assert PATH.fullmatch(path), f"{file.name}: “{path}” is no API path"
    for name, target in data.get("aliases", {}).items():
        assert name != target, f"{file.name}: {name} is an alias of itself"


@every_model
def test_model_says_nothing_twice(file: Path) -> None:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    for name, rows in data.items():
        if name in HEADER:
            continue
        seen: set[str] = set()
        for row in rows:
            constants = {key: value for key, value in row.items() if key not in {"call", "read", "write", "store"}}
            for trigger in ("call", "read", "write", "store"):
                for path in row.get(trigger, ()):
                    key = f"{trigger} {path} {sorted(constants.items(), key=str)}"
                    assert key not in seen, f"{file.name}: [[{name}]] says {path} twice"
                    seen.add(key)


# Of older Pythons and still in old code, of newer ones, or of one system only.
ELSEWHERE = (
    *("crypt", "telnetlib", "imp.", "commands.", "urllib.quote", "urllib.unquote", "urllib.url", "cgi.", "popen2."),
    *("dbm.gnu", "dbm.ndbm", "ctypes.OleDLL", "ctypes.WinDLL", "ctypes.oledll", "ctypes.windll", "nt.", "winreg.", "msvcrt."),
    *("ssl.wrap_socket", "ssl.match_hostname", "os.lchmod", "os.chflags", "os.lchflags", "os.tempnam", "os.tmpnam"),
    *("os.startfile", "os.popen", "platform.popen"),
    *("random.binomialvariate", "uuid.uuid6", "uuid.uuid7", "uuid.uuid8", "re.template"),
)


@every_model
def test_paths_of_the_standard_library_exist(file: Path) -> None:
    """A misspelt row never fires and nobody notices; what this interpreter has can be looked up."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    own = {*data.get("types", ()), *data.get("results", {}).values()}  # types that the model makes up
    for path in sorted(set(paths_of(data)) - own):
        top = path.partition(".")[0]
        if (
            any(path.startswith(f"{one}.") for one in own)
            or top not in sys.stdlib_module_names
            or "(" in path
            or path.startswith(ELSEWHERE)
        ):
            continue
        assert _exists(path), f"{file.name}: {path} does not exist in Python {sys.version_info[0]}.{sys.version_info[1]}"


def _exists(path: str) -> bool:
    parts = path.removesuffix("[]").split(".")
    if importlib.util.find_spec(parts[0]) is None:  # removed from this version
        return True
    for cut in range(len(parts), 0, -1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                found: object = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for at, part in enumerate(parts[cut:], cut):
            if not hasattr(found, part):
                # what instances have, or what only some builds have, cannot be seen from here
                return at == len(parts) - 1 and callable(found)
            found = getattr(found, part)
        return True
    return False
