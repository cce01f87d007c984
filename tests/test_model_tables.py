"""What library models promise each other: names that settle, methods that keep the rows of their bases, decided guesses."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_audit.catalog import rules_root
from backend_audit.flow.model_files import ModelError, load_models, models_of

DECIDED = Path(__file__).parent / "data" / "decided_guesses.toml"
LANGUAGES = ("node", "python")


def rows(text: str) -> dict[str, list[str]]:
    """The concepts that rows of a model give to each call."""
    models = load_models([("probe.toml", text)])
    return {path: [row.concept.__name__ for row in found] for path, found in models.rows["call"].items()}


def test_a_member_is_found_below_an_alias() -> None:
    """`cross-spawn` is another name of a function, `cross-spawn.sync` of another one."""
    found = load_models([("probe.toml", '[aliases]\n"a" = "b.run"\n"a.sync" = "b.runSync"\n')])
    assert found.canonical("b.run.sync") == "b.runSync"


def test_a_method_keeps_the_rows_of_its_bases() -> None:
    """A row of another concept does not hide them; one of the same concept takes their place."""
    found = rows(
        '[types."m.Sub"]\nbases = ["m.Base"]\n'
        '[[nosql-query]]\ncall = ["m.Base.update", "m.Base.find"]\nquery = "0"\n'
        '[[object-update]]\ncall = ["m.Sub.update"]\ndata = "1"\n'
        '[[nosql-query]]\ncall = ["m.Sub.find"]\nquery = "1"\n'
    )
    assert found["m.Sub.update"] == ["ObjectUpdate", "NosqlQuery"]
    assert found["m.Sub.find"] == ["NosqlQuery"]


def test_an_alias_in_a_circle_is_an_error() -> None:
    with pytest.raises(ModelError, match="circle"):
        load_models([("probe.toml", '[aliases]\n"a" = "a.b"\n')])


def test_a_second_callback_is_an_error() -> None:
    """The later one would hide the first."""
    row = '[[callback]]\ncall = ["m.on"]\nfunction = "%s"\ngives = ["m.Request"]\n'
    with pytest.raises(ModelError, match="another callback"):
        load_models([("probe.toml", row % "0.a" + row % "0.b")])


def hidden(language: str) -> Iterator[tuple[str, str]]:
    """The guesses (`?.find`) that do not reach a known method, since models say something else of it: concept, path."""
    models = models_of(rules_root(), language)
    calls = models.rows["call"]
    guessed = {path[2:]: found for path, found in calls.items() if path.startswith("?.")}
    guesses = {name: {row.concept for row in found if not row.named} for name, found in guessed.items()}  # `named` tells more
    told = (path for path, found in calls.items() if not all(row.concept.costs for row in found))
    for path in {*told, *models.sources["call"], *models.transfers, *models.results, *models.callbacks}:
        own = {row.concept for row in calls.get(path, ())}
        for concept in guesses.get(path.rpartition(".")[2], set()) - own if not path.startswith("?.") else ():
            if not concept.timed:
                yield concept.__name__, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_hides_a_guess_has_decided_so(language: str) -> None:
    """A row makes its method known, and a guess of another concept by the method's name no longer applies to it.

    Give the method a row of that concept as well, or, where the concept means nothing there, write it down in `DECIDED`.
    """
    found: dict[str, list[str]] = {}
    for concept, path in sorted(hidden(language)):
        found.setdefault(concept, []).append(path)
    assert found == tomllib.loads(DECIDED.read_text(encoding="utf-8"))[language]
