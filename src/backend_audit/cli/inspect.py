"""`rules` and `config`: what the tool knows, and how it would scan."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from backend_audit.cli.options import PATHS, Given, configuration_options, effective
from backend_audit.cli.terminal import print_safely, terminal_of

if TYPE_CHECKING:
    from backend_audit.config import Config


_FORMAT = click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
_COLOR = click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)


@click.command("rules")
@_FORMAT
@_COLOR
def rules_command(format_: str, color: str) -> None:
    """List all rules, by clause of the seed."""
    from backend_audit.catalog import load  # noqa: PLC0415 - not needed for --help
    from backend_audit.report.rules import render_rules, render_rules_json  # noqa: PLC0415 - as above

    cards = load().cards.values()
    print_safely(render_rules_json(cards) if format_ == "json" else render_rules(cards, terminal_of(color)))


@click.command("config", short_help="Show the effective configuration.")
@PATHS
@configuration_options
@_FORMAT
@click.option("--schema", is_flag=True, help="Print the JSON schema of backend-audit.toml instead.")
def config_command(paths: tuple[Path, ...], *, format_: str, schema: bool, **given: Unpack[Given]) -> None:
    """Show the configuration of a scan, and where each value comes from."""
    if schema:
        from backend_audit.config import json_schema  # noqa: PLC0415 - not needed for --help

        print_safely(json_schema())
        return
    config = effective(paths or (Path(),), given)
    rows = _rows(config)
    if format_ == "json":
        table = {key: {"value": value, "origin": config.origins[key]} for key, value in rows.items()}
        print_safely(json.dumps(table, indent=2, ensure_ascii=False) + "\n")
        return
    shown = {key: f"{key} = {_toml(value)}" for key, value in rows.items()}
    width = max(len(line) for line in shown.values())
    print_safely("".join(f"{line:<{width}}  # {config.origins[key]}\n" for key, line in shown.items()))


def _rows(config: "Config") -> dict[str, object]:
    """The configuration by its keys, in the order of the documentation."""
    from msgspec.structs import asdict  # noqa: PLC0415 - not needed for --help

    rows: dict[str, object] = {}
    for key in config.origins:
        value: object = getattr(config, key.replace("-", "_"))
        if key == "per-path":
            value = {one.glob: {"select": one.select, "ignore": one.ignore} for one in config.per_path}
        elif key == "guards":
            value = {name.replace("_", "-"): words for name, words in asdict(config.guards).items() if words}
        elif key == "fail-on" and value is None:
            value = "never"
        elif key in {"cache-dir", "baseline"}:
            value = "" if value is None else str(value)
        elif key == "rules":
            value = [path.as_posix() for path in config.rules]
        rows[key] = value.value if isinstance(value, StrEnum) else value
    return rows


def _toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
