"""The dependencies that manifests declare: package.json, requirements files, pyproject.toml, Pipfile, setup.cfg."""

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator

from backend_audit.finding import Place
from backend_audit.inventory.signs import Dependency

_REQUIREMENT = re.compile(r"^\s*[\"']?([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*($|[=<>!~;,@\"'#]|\s)")
_REQUIREMENTS = re.compile(r"(^|/)[\w-]*requirements[^/]*\.(txt|in)$|(^|/)requirements/[^/]*\.(txt|in)$")
_SECTIONS = ("dependencies", "optionalDependencies", "peerDependencies")


def declared(paths: Iterable[str], text_of: Callable[[str], str | None]) -> Iterator[Dependency]:
    """What the manifests at `paths` declare for running, in order; development tools are no part of the service."""
    for path in sorted(paths):
        name = posixpath.basename(path)
        reader = _of_package_json if name == "package.json" else _of_toml if name in ("pyproject.toml", "Pipfile") else None
        if reader is None and _REQUIREMENTS.search(path):
            reader = _of_requirements
        text = text_of(path) if reader is not None else None
        if reader is not None and text is not None:
            lines = text.splitlines()
            for dependency in reader(text):
                line = _line_of(lines, dependency)
                yield Dependency(normal(dependency), Place(path, line, 1, line, len(lines[line - 1]) + 1 if lines else 1))


def normal(name: str) -> str:
    """A package's name as it is compared: `Flask_Limiter` is `flask-limiter`."""
    return name if name.startswith("@") else re.sub(r"[-_.]+", "-", name).lower() if "/" not in name else name


def _of_package_json(text: str) -> list[str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return []
    tables = [data.get(section) for section in _SECTIONS] if isinstance(data, dict) else []
    return [name for table in tables if isinstance(table, dict) for name in table]


def _of_toml(text: str) -> list[str]:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    return [matched[1] for one in listed(data) if (matched := _REQUIREMENT.match(one))]


def listed(data: object) -> list[str]:
    """The requirements of a pyproject.toml or Pipfile, each as a line: what Poetry and Pipenv keep in tables, too."""
    project, poetry = _table(data, "project"), _table(_table(data, "tool"), "poetry")
    found = [str(one) for one in _list(project.get("dependencies"))]
    for extra in _table(project, "optional-dependencies").values():
        found += [str(one) for one in _list(extra)]
    for table in (_table(poetry, "dependencies"), _table(data, "packages")):
        for name, wanted in table.items():
            version = wanted.get("version") if isinstance(wanted, dict) else wanted
            found.append(f"{name} {version if isinstance(version, str) else ''}")
    return found


def of_requirements(text: str) -> list[str]:
    """The lines of a requirements file that ask for a library."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith(("#", "-")))
    return [line for line in lines if _REQUIREMENT.match(line)]


def _of_requirements(text: str) -> list[str]:
    return [matched[1] for line in of_requirements(text) if (matched := _REQUIREMENT.match(line))]


def lists_python(path: str) -> bool:
    """Whether a file says which releases of Python's libraries are wanted."""
    return posixpath.basename(path) in ("pyproject.toml", "Pipfile") or _REQUIREMENTS.search(path) is not None


def _line_of(lines: list[str], name: str) -> int:
    pattern = re.compile(rf"(?<![\w@/-]){re.escape(name)}(?![\w-])")
    return next((number for number, line in enumerate(lines, 1) if pattern.search(line)), 1)


def _table(data: object, key: str) -> dict[str, object]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
