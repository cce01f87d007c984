"""TOML files that the tool ships, as tables."""

import tomllib
from collections.abc import Iterable
from typing import cast


def tables(files: Iterable[tuple[str, str]], complain: type[Exception]) -> list[tuple[str, dict[str, object]]]:
    """What TOML files given as (name, text) hold, by name; raises `complain` where one is none."""
    found = []
    for where, content in files:
        try:
            found.append((where, cast("dict[str, object]", tomllib.loads(content))))
        except tomllib.TOMLDecodeError as error:
            raise complain(f"{where}: {error}") from error
    return found
