"""The keys of a configuration file: their types, built-in values and meaning. The published JSON schema is made from this."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from backend_audit.config.errors import ConfigError
from backend_audit.inventory import RoutePattern
from backend_audit.suggest import did_you_mean

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
_UNITS = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "kib": 1024, "mib": 1024**2, "k": 1024, "m": 1024**2}
_SIZE = re.compile(r"\s*(\d+)\s*([a-zA-Z]*)\s*")

Severities = Literal["critical", "high", "medium", "low", "never"]
Confidences = Literal["high", "medium", "low"]
Modes = Literal["default", "advanced", "elite"]


def size_in_bytes(size: int | str) -> int:
    """`"2 MiB"` or `2097152` as bytes; `ValueError` when it is neither."""
    if isinstance(size, int):
        return size
    matched = _SIZE.fullmatch(size)
    if matched is None or matched[2].lower() not in _UNITS or int(matched[1]) == 0:
        raise ValueError(f'must be a number of bytes or a size such as "2 MiB", not "{size}"')
    return int(matched[1]) * _UNITS[matched[2].lower()]


def _checked_size(size: int | str) -> int | str:
    size_in_bytes(size)
    return size


class Table(BaseModel):
    """A TOML table: kebab-case keys, no key but these, no conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=lambda name: name.replace("_", "-"))


class PerPathTable(Table):
    """Another choice of rules for the files that a glob matches."""

    select: list[str] = Field(default=[], description="Only these rules judge the files.")
    ignore: list[str] = Field(default=[], description="These rules do not judge the files.")


def _checked_names(names: list[str]) -> list[str]:
    for name in names:
        if not re.fullmatch(r"[\w.*?\[\]!-]+", name):
            raise ValueError(f'must hold names such as "myapp.auth.require_user" or "*_required", not "{name}"')
    return names


def _checked_routes(patterns: list[str]) -> list[str]:
    for pattern in patterns:
        RoutePattern.read(pattern)
    return patterns


_Names = Annotated[list[str], AfterValidator(_checked_names)]
_Routes = Annotated[list[str], AfterValidator(_checked_routes)]


class GuardsTable(Table):
    """What the team says of its own guards and routes; a name may hold `*`, and dots when the module matters."""

    authenticates: _Names = Field(default=[], description="Guards that turn away callers who have not said who they are.")
    authorizes: _Names = Field(default=[], description="Guards that turn away callers who may not.")
    limits: _Names = Field(default=[], description="Guards that limit how often one may call.")
    validates: _Names = Field(default=[], description="Guards that turn away malformed requests.")
    ignored: _Names = Field(default=[], description="What looks like a guard and is none.")
    public: _Routes = Field(
        default=[], description="Routes that anybody may call: paths with * (in a segment) and **, after methods if need be."
    )
    protected_by_gateway: _Routes = Field(
        default=[], description="Routes that something in front of the application protects; as in public."
    )


class Settings(Table):
    """`[tool.backend-audit]` in pyproject.toml, or the top level of backend-audit.toml."""

    mode: Modes = Field(default="default", description="Audience: how demanding the review is.")
    select: list[str] = Field(
        default=[],
        description="Only these rules: ids, clauses of the seed (never-3) or prefixes (must). Empty: all of the mode.",
    )
    ignore: list[str] = Field(default=[], description="Not these rules; as in select.")
    fail_on: Severities = Field(default="low", description="The least severity of a finding that fails the run.")
    min_confidence: Confidences = Field(default="medium", description="Findings the tool is less sure of are not told.")
    exclude: list[str] = Field(default=[], description="Files to pass over: patterns as in .gitignore, relative to this file.")
    tests: bool = Field(default=False, description="Judge test code too.")
    max_file_size: Annotated[Annotated[int, Field(gt=0)] | str, AfterValidator(_checked_size)] = Field(
        default="1 MiB", description="Larger files are passed over, and said: bytes, or a size such as 2 MiB."
    )
    workers: int = Field(default=0, ge=0, le=1024, description="Worker processes; 0 is one a processor.")
    cache: bool = Field(default=True, description="Keep what was learned of a file until it changes.")
    cache_dir: str = Field(
        default="", description="Directory of the cache, relative to this file. Empty: the user's cache directory."
    )
    timeout: Annotated[float | int, Field(gt=0)] = Field(
        default=60, description="Seconds that the analysis of one file may take."
    )
    rules: list[str] = Field(
        default=[], description="Directories or files with Semgrep rules of your own, relative to this file."
    )
    semgrep: bool = Field(default=True, description="Run the rules that Semgrep carries.")
    baseline: str = Field(
        default="", description="A file with known findings that do not count, relative to this file; see `baseline create`."
    )
    suppression_budget: int = Field(
        default=-1, ge=-1, description="How many findings ignore comments may cover before the run fails; -1: any number."
    )
    per_path: dict[str, PerPathTable] = Field(
        default={}, description="Tables named by a pattern as in .gitignore, relative to this file."
    )
    guards: GuardsTable = Field(
        default=GuardsTable(), description="The team's own guards and public routes; a nearer table replaces it as a whole."
    )
    extend: str = Field(default="", description="Another configuration file whose keys hold where this one has none.")
    root: bool = Field(default=False, description="Look for no configuration file in the directories above.")


def _keys(table: type[Table]) -> tuple[str, ...]:
    return tuple(name.replace("_", "-") for name in table.model_fields)


KEYS = _keys(Settings)
_KNOWN = {"per-path": _keys(PerPathTable), "guards": _keys(GuardsTable)}


def checked(values: Mapping[str, object], origin: str) -> Settings:
    """`values` (kebab-case keys) as `Settings`; `ConfigError` naming `origin` and the key when one is wrong."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        lines = sorted({_sentence(detail) for detail in error.errors(include_url=False)})
        raise ConfigError("\n".join(f"{origin}: {line}" for line in lines)) from None


def json_schema() -> str:
    """The JSON schema of backend-audit.toml (and of `[tool.backend-audit]`), as text."""
    schema: dict[str, object] = {"$schema": SCHEMA_ID, "title": "backend-audit"}
    schema.update({key: value for key, value in Settings.model_json_schema().items() if key != "title"})
    return json.dumps(schema, indent=2) + "\n"


_WANTED = {
    "bool_type": "true or false",
    "string_type": "a string",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list of strings",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def _sentence(detail: ErrorDetails) -> str:
    *tables, last = detail["loc"]
    if isinstance(last, str) and last in {"int", "float", "str"}:  # which arm of a union was tried
        *tables, last = tables
    if isinstance(last, int):
        *tables, last = tables
    where = _dotted([*tables, last])
    if detail["type"] == "extra_forbidden":
        known = _KNOWN.get(str(tables[0]), ()) if tables else KEYS
        return f"unknown key `{where}`{did_you_mean(str(last), known)}"
    given, context = detail["input"], detail.get("ctx", {})
    if detail["type"] == "literal_error":
        words = str(context["expected"]).replace("'", '"')
        near = did_you_mean(given, re.findall(r'"(\w+)"', words)) if isinstance(given, str) else ""
        return f"`{where}` must be {words}, not {_shown(given)}{near}"
    if detail["type"] == "value_error":
        return f"`{where}` {context['error']}"
    if detail["type"] in _WANTED:
        return f"`{where}` must be {_WANTED[detail['type']]}, not {_shown(given)}"
    return f"`{where}`: {detail['msg'][:1].lower()}{detail['msg'][1:]}, not {_shown(given)}"


def _dotted(loc: list[int | str]) -> str:
    return ".".join(f'"{part}"' if re.search(r"[^\w-]", str(part)) else str(part) for part in loc)


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value, ensure_ascii=False, default=str)
