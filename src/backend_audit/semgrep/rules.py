"""Reads Semgrep rule files: ours, beside the pages, and those of the user's own directories."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from backend_audit.catalog import Catalog, RuleCard
from backend_audit.finding import Problem, ProblemKind
from backend_audit.semgrep.cards import card_of

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ENDINGS = frozenset({".yaml", ".yml", ".json"})
_LARGEST = 8 * 1024 * 1024  # a larger file is no rule file; an alias bomb would be one in memory

Body = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SemgrepRule:
    """One rule as Semgrep takes it (`body`), and the id under which we report it.

    `include` are its `paths.include` patterns; `requires` words of which a file must hold one (for our own rules: a file without
    any is not worth a start of Semgrep). `fix` says how to mend, `own` whether it came with the tool.
    """

    id: str
    languages: tuple[str, ...]
    body: Body
    include: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    fix: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class UserRules:
    """The rules of the user's directories with cards made from their metadata, and what could not be read."""

    rules: tuple[SemgrepRule, ...] = ()
    cards: tuple[RuleCard, ...] = ()
    problems: tuple[Problem, ...] = ()


class _FileError(Exception):
    """A rule file that cannot be used."""


def own_rules(root: Path) -> list[SemgrepRule]:
    """The rules beside the pages under `root`, by id; each is reported under its file's name, which is the page's too."""
    rules: list[SemgrepRule] = []
    for path in sorted(root.glob("*/*.yaml")):
        rules.extend(_rule(body, path.stem, own=True) for body in _bodies(_document(path)))
    return sorted(rules, key=lambda rule: rule.id)


def user_rules(places: Iterable[Path], catalog: Catalog) -> UserRules:
    """The rules in files and directories; an id that is taken (by `catalog` or by an earlier file) is a problem."""
    taken = dict.fromkeys(catalog.cards, "the tool itself")
    rules: list[SemgrepRule] = []
    cards: list[RuleCard] = []
    problems: list[Problem] = []
    for path, named in _files(places):
        shown = path.as_posix()
        try:
            document = _document(path)
            if not named and not (isinstance(document, Mapping) and "rules" in document):
                continue  # a rule's test case, or any other YAML that lies there
            bodies = list(_bodies(document))
        except _FileError as error:
            problems.append(Problem(shown, 0, ProblemKind.RULES, str(error)))
            continue
        for body in bodies:
            rule = str(body["id"])
            if rule in taken:
                message = f"the rule id `{rule}` is taken by {taken[rule]}; this rule did not run"
                problems.append(Problem(shown, 0, ProblemKind.RULES, message))
                continue
            taken[rule] = shown
            rules.append(_rule(body, rule, own=False))
            cards.append(card_of(rule, body))
    return UserRules(tuple(rules), tuple(cards), tuple(sorted(problems)))


def _files(places: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Rule files, sorted within each place; the flag says whether the user named the file itself."""
    seen: set[Path] = set()
    for place in places:
        if place.is_dir():
            found = [(path, False) for path in sorted(place.rglob("*")) if path.suffix in _ENDINGS and path.is_file()]
        else:
            found = [(place, True)]
        for path, named in found:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path, named


def _document(path: Path) -> object:
    try:
        if path.stat().st_size > _LARGEST:
            raise _FileError("too large for a file of rules")
        text = path.read_bytes().decode("utf-8-sig")
        document: object = json.loads(text) if path.suffix == ".json" else yaml.load(text, _Loader)  # noqa: S506 - a safe one
    except OSError as error:
        raise _FileError(f"cannot be read: {error.strerror}") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise _FileError(f"is no YAML or JSON: {' '.join(str(error).split())[:200]}") from None
    return document


def _bodies(document: object) -> Iterator[Body]:
    """The rules of a document: under `rules:`, which may nest."""
    listed = document.get("rules") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        raise _FileError("has no list `rules:`")
    for entry in listed:
        if isinstance(entry, Mapping) and isinstance(entry.get("rules"), list):
            yield from _bodies(entry)
        elif not isinstance(entry, Mapping) or not isinstance(entry.get("id"), str) or not entry["id"].strip():
            raise _FileError("has a rule without an `id`")
        elif not _words(entry.get("languages")):
            raise _FileError(f"the rule `{entry['id']}` has no list `languages:`")
        else:
            yield entry


def _rule(body: Body, rule: str, *, own: bool) -> SemgrepRule:
    paths, metadata = body.get("paths"), body.get("metadata")
    include = _words(paths.get("include")) if isinstance(paths, Mapping) else ()
    details = metadata if isinstance(metadata, Mapping) else {}
    fix = details.get("fix") if own else None
    return SemgrepRule(
        id=rule,
        languages=tuple(word.lower() for word in _words(body["languages"])),
        body=body,
        include=include,
        requires=_words(details.get("requires")) if own else (),
        fix=fix if isinstance(fix, str) else "",
        own=own,
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
