"""Which rule looks at which file, decided before Semgrep is started; in doubt a file is a target."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from pathspec import GitIgnoreSpec

from backend_audit.semgrep.rules import SemgrepRule
from backend_audit.source import Language, SourceFile

_ANY = frozenset({"generic", "regex", "none", "spacegrep", "aliengrep"})
_OF_LANGUAGE: Mapping[Language, frozenset[str]] = {
    Language.PYTHON: frozenset({"python", "python2", "python3", "py"}),
    Language.JAVASCRIPT: frozenset({"javascript", "js"}),
    Language.TYPESCRIPT: frozenset({"typescript", "ts"}),
}
_OF_ENDING = {
    "yml": frozenset({"yaml"}),
    "yaml": frozenset({"yaml"}),
    "json": frozenset({"json"}),
    "sh": frozenset({"bash", "sh"}),
    "bash": frozenset({"bash", "sh"}),
    "tf": frozenset({"terraform", "hcl", "tf"}),
    "tfvars": frozenset({"terraform", "hcl", "tf"}),
    "hcl": frozenset({"terraform", "hcl", "tf"}),
    "dockerfile": frozenset({"dockerfile", "docker"}),
}


def applicable(
    rules: Iterable[SemgrepRule], files: Sequence[SourceFile], text: Callable[[str], str | None]
) -> tuple[list[SemgrepRule], list[SourceFile]]:
    """The rules that apply to some of `files`, and the files to which some rule applies.

    `text` gives a file's text by its path, None if it has none; it is asked for as few files as possible.
    """
    left = list(files)
    used: list[SemgrepRule] = []
    targets: dict[str, SourceFile] = {}
    for rule in rules:
        matched = [file for file in left if _looks_at(rule, file, text)]
        if matched:
            used.append(rule)
            targets.update((file.path, file) for file in matched)
    return used, [targets[path] for path in sorted(targets)]


def _looks_at(rule: SemgrepRule, file: SourceFile, text: Callable[[str], str | None]) -> bool:
    if not _ANY.intersection(rule.languages) and not languages_of(file).intersection(rule.languages):
        return False
    if rule.include and not _spec(rule.include).match_file(file.path):
        return False
    if not rule.requires:
        return True
    content = text(file.path)
    return content is not None and any(word in content for word in rule.requires)


def languages_of(file: SourceFile) -> frozenset[str]:
    """What Semgrep calls the language of a file; empty for one that only generic rules can read."""
    if file.language in _OF_LANGUAGE:
        return _OF_LANGUAGE[file.language]
    name = file.path.rpartition("/")[2].lower()
    if name.startswith(("dockerfile", "containerfile")):
        return _OF_ENDING["dockerfile"]
    return _OF_ENDING.get(name.rpartition(".")[2], frozenset())


@cache
def _spec(include: tuple[str, ...]) -> GitIgnoreSpec:
    """Semgrep's patterns: as in .gitignore, but only a leading slash binds one to the root."""
    lines = [pattern if pattern.startswith(("/", "**/")) else f"**/{pattern}" for pattern in include]
    return GitIgnoreSpec.from_lines(lines)
