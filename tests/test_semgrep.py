"""Semgrep's stage: which rules it runs, how its answer is read, and that none of its failures is silent.

Semgrep itself runs once, over the files of `audited`; everything else is tested with rule files, canned answers and stand-ins.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from backend_audit import audit
from backend_audit.catalog import Catalog, load, rules_root
from backend_audit.config import Config
from backend_audit.finding import Confidence, Finding, Place, Problem, ProblemKind, Severity
from backend_audit.semgrep import Options, Outcome, SemgrepRule, applicable, own_rules, scan, stage, user_rules
from backend_audit.semgrep import run as running
from backend_audit.semgrep.results import read
from backend_audit.source import Language, Role, SourceFile

ENDINGS = {"py": Language.PYTHON, "ts": Language.TYPESCRIPT, "js": Language.JAVASCRIPT}
posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in for semgrep is a shell script")


def source(path: str) -> SourceFile:
    return SourceFile(path, f"/{path}", ENDINGS.get(path.rpartition(".")[2], Language.CONFIG), Role.SOURCE, 1)


def judged(rules: list[SemgrepRule], texts: Mapping[str, str], options: Options | None = None) -> Outcome:
    files = [source(path) for path in sorted(texts)]
    confidences = {rule.id: Confidence.HIGH for rule in rules if rule.own}
    return scan(rules, files, texts.get, confidences, options or Options(jobs=2, total=120))


def rule(name: str = "no-eval", languages: tuple[str, ...] = ("python",), **more: object) -> SemgrepRule:
    body = {"id": name, "languages": list(languages), "severity": "ERROR", "message": "m", "pattern": "eval($X)", **more}
    return SemgrepRule(id=name, languages=languages, body=body)


# --- one real run ----------------------------------------------------------------------------------------------------

TEAM = """\
rules:
  - id: team.no-eval
    languages: [python]
    severity: ERROR
    message: |
      Do not evaluate $X.
      It may be anything.
    pattern: eval($X)
    fix: literal_eval($X)
    metadata:
      added: 2026-11-23
      cwe: ["CWE-95: Eval Injection"]
      confidence: HIGH
      references: [https://example.org/eval]
  - id: only-in-app
    languages: [python]
    severity: INFO
    message: in app
    pattern: $F(eval($X))
    paths: {include: ["/app/*.py"]}
  - id: no-console
    languages: [typescript]
    severity: WARNING
    message: console
    pattern: console.log(...)
  - id: does-not-parse
    languages: [python]
    severity: ERROR
    message: never
    pattern: "def ((("
  - id: no-message
    languages: [python]
    severity: ERROR
    pattern: eval($X)
  - id: long-block
    languages: [python]
    severity: INFO
    message: block
    pattern: |
      if ALWAYS:
        ...
  - id: for-go
    languages: [go]
    severity: ERROR
    message: go
    pattern: panic(...)
"""
TEXTS = {
    "app/views.py": 'é = "ünï😀"; eval(name)\nprint(eval("a"))\nif ALWAYS:\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n',
    "tests/test_views.py": "print(eval(x))  # nosemgrep: no-eval\neval(y)  # nosemgrep: other\n# nosemgrep\neval(z)\n",
    "build/broken.py": "def f(:\n    eval(hunter2\n",
    "web/main.ts": "console.log('hi')\n",
    "docker-compose.yml": "services:\n  web:\n    image: nginx\n    privileged: true\n",
    "docker/Dockerfile.prod": "FROM python:3.13\r\nUSER app\r\nUSER root\r\n",
    "plain.yaml": "a: 1\n",
}


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    team = tmp_path_factory.mktemp("team")
    (team / "python.yaml").write_text(TEAM, encoding="utf-8")
    found = user_rules([team], load())
    assert found.problems == ()
    return judged([*own_rules(rules_root()), *found.rules], TEXTS)


def of(outcome: Outcome, rule: str) -> list[Finding]:
    return [one for one in outcome.findings if one.rule == rule]


def test_places_count_characters(audited: Outcome) -> None:
    first, second, *_ = of(audited, "team.no-eval")
    assert first.place == Place("app/views.py", 1, 13, 1, 23)
    assert first.code[12:22] == first.anchor == "eval(name)"
    assert second.place == Place("app/views.py", 2, 7, 2, 16)


def test_texts_of_a_finding(audited: Outcome) -> None:
    first = of(audited, "team.no-eval")[0]
    assert first.message == "Do not evaluate name. It may be anything."
    assert first.fix == "Write `literal_eval(name)` instead."
    (own,) = of(audited, "privileged-container")
    assert (own.place.line, own.confidence, own.code) == (4, Confidence.HIGH, "    privileged: true")
    assert "`web`" in own.message
    assert "cap_add" in own.fix


def test_paths_are_ours(audited: Outcome) -> None:
    assert [one.place.path for one in of(audited, "only-in-app")] == ["app/views.py"]
    assert [(one.place.path, one.place.line) for one in of(audited, "container-runs-as-root")] == [("docker/Dockerfile.prod", 3)]
    assert [one.place.path for one in of(audited, "no-console")] == ["web/main.ts"]


def test_a_long_region_is_cut_to_its_first_line(audited: Outcome) -> None:
    (block,) = of(audited, "long-block")
    assert block.place == Place("app/views.py", 3, 1, 3, 11)


def test_nosemgrep_holds_for_the_teams_rules(audited: Outcome) -> None:
    covered = {(one.finding.rule, one.finding.place.line, one.reason) for one in audited.suppressed}
    assert covered == {("team.no-eval", 1, "nosemgrep"), ("team.no-eval", 4, "nosemgrep")}
    assert [one.place.line for one in of(audited, "team.no-eval") if one.place.path.startswith("tests")] == [2]


def test_errors_become_problems_that_show_no_code(audited: Outcome) -> None:
    rules = {one.message.split("`")[1] for one in audited.problems if one.kind is ProblemKind.RULES}
    assert rules == {"does-not-parse", "no-message"}
    assert all(one.incomplete for one in audited.problems if one.kind is ProblemKind.RULES)
    syntax = [one for one in audited.problems if one.kind is ProblemKind.SYNTAX]
    assert {(one.path, one.incomplete) for one in syntax} == {("build/broken.py", False)}
    assert not any("hunter2" in one.message for one in audited.problems)
    assert audited.idle == ("does-not-parse", "no-message")


def test_home_is_left_alone(audited: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert audited.findings
    monkeypatch.setenv("SEMGREP_APP_TOKEN", "x")
    environment = running._environment(tmp_path)
    assert environment["SEMGREP_SETTINGS_FILE"].startswith(str(tmp_path))
    assert "SEMGREP_APP_TOKEN" not in environment


# --- which rules run -------------------------------------------------------------------------------------------------


def test_a_python_repository_starts_no_semgrep(monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object) -> None:
        pytest.fail("semgrep was started")

    monkeypatch.setattr(stage, "run", unexpected)
    texts = {"app.py": "USER = 'root'\nprivileged = True\n", "compose.yml": "services: {}\n", "Dockerfile": "FROM a\nUSER b\n"}
    assert judged(own_rules(rules_root()), texts) == Outcome()


@pytest.mark.parametrize(
    ("languages", "include", "paths"),
    [
        (("python",), (), ["a/b.py"]),
        (("ts", "js"), (), ["web/x.js", "web/x.ts"]),
        (("yaml",), (), ["c.yaml", "d/e.yml"]),
        (("dockerfile",), (), ["Dockerfile", "Dockerfile.prod", "api.dockerfile"]),
        (("regex",), ("*.yml",), ["d/e.yml"]),
        (("generic",), ("/e.yml",), []),
        (("generic",), ("d/*.yml",), ["d/e.yml"]),
        (("go",), (), []),
    ],
)
def test_targets(languages: tuple[str, ...], include: tuple[str, ...], paths: list[str]) -> None:
    everything = [
        "a/b.py",
        "c.yaml",
        "d/e.yml",
        "web/x.js",
        "web/x.ts",
        "Dockerfile",
        "Dockerfile.prod",
        "api.dockerfile",
        ".env",
    ]
    one = SemgrepRule(id="x", languages=languages, body={}, include=include)
    rules, files = applicable([one], [source(path) for path in everything], lambda _: "")
    assert [file.path for file in files] == paths
    assert rules == ([one] if paths else [])


def test_required_words_spare_files() -> None:
    one = SemgrepRule(id="x", languages=("yaml",), body={}, requires=("privileged",))
    texts = {"a.yaml": "privileged: true", "b.yaml": "x: 1"}
    assert [file.path for file in applicable([one], [source(path) for path in texts], texts.get)[1]] == ["a.yaml"]


def test_own_rules_have_pages_and_say_how_to_mend() -> None:
    for one in own_rules(rules_root()):
        assert one.id in load().cards, f"rules/**/{one.id}.yaml has no page"
        assert one.fix, f"{one.id}: metadata.fix is missing"
        assert one.own


# --- rule files ------------------------------------------------------------------------------------------------------


def test_user_rules(tmp_path: Path) -> None:
    body = {"id": "x", "languages": ["python"], "severity": "WARNING", "message": "m", "pattern": "x"}
    (tmp_path / "deep").mkdir()
    nested = {"rules": [{"rules": [body | {"id": "nested"}]}, body]}
    (tmp_path / "deep" / "a.json").write_text(json.dumps(nested), encoding="utf-8")
    (tmp_path / "b.yml").write_text(json.dumps({"rules": [body, body | {"id": "debug-enabled"}]}), encoding="utf-8")
    (tmp_path / "c.yaml").write_text("rules: [", encoding="utf-8")
    (tmp_path / "d.yaml").write_text("rules: [{languages: [python]}]", encoding="utf-8")
    (tmp_path / "e.yaml").write_text("rules: [{id: y}]", encoding="utf-8")
    (tmp_path / "f.test.yaml").write_text("services: {}", encoding="utf-8")
    (tmp_path / "g.py").write_text("x", encoding="utf-8")
    found = user_rules([tmp_path, tmp_path / "b.yml"], Catalog([]))
    assert [one.id for one in found.rules] == ["x", "debug-enabled", "nested"]
    said = [(Path(one.path).name, one.message.split(":")[0]) for one in found.problems]
    assert said == [
        ("c.yaml", "is no YAML or JSON"),
        ("d.yaml", "has a rule without an `id`"),
        ("a.json", f"the rule id `x` is taken by {(tmp_path / 'b.yml').as_posix()}; this rule did not run"),
        ("e.yaml", "the rule `y` has no list `languages"),
    ]
    assert {one.kind for one in found.problems} == {ProblemKind.RULES}


def test_a_named_file_must_hold_rules(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x: 1", encoding="utf-8")
    assert [one.message for one in user_rules([tmp_path / "a.yaml"], Catalog([])).problems] == ["has no list `rules:`"]


def test_an_id_of_ours_is_not_replaced(tmp_path: Path) -> None:
    taken = next(iter(load().cards))
    text = json.dumps({"rules": [{"id": taken, "languages": ["python"], "message": "m", "severity": "INFO", "pattern": "x"}]})
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    found = user_rules([tmp_path], load())
    assert (found.rules, found.cards) == ((), ())
    assert "taken by the tool itself" in found.problems[0].message


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"severity": "ERROR"}, (Severity.HIGH, Confidence.MEDIUM, ())),
        ({"severity": "INFO"}, (Severity.LOW, Confidence.MEDIUM, ())),
        ({"severity": "CRITICAL", "metadata": {"confidence": "LOW"}}, (Severity.CRITICAL, Confidence.LOW, ())),
        ({"metadata": {"cwe": "CWE-89: SQL", "severity": "low"}}, (Severity.LOW, Confidence.MEDIUM, (89,))),
        ({"metadata": {"cwe": ["CWE-79", 22, "odd"]}}, (Severity.MEDIUM, Confidence.MEDIUM, (22, 79))),
    ],
)
def test_cards_come_from_metadata(tmp_path: Path, more: dict[str, object], expected: tuple[object, ...]) -> None:
    body = {"id": "team.my-rule", "languages": ["python"], "message": "Do not $X.", "severity": "WARNING", "pattern": "x"}
    (tmp_path / "a.json").write_text(json.dumps({"rules": [body | more]}), encoding="utf-8")
    (card,) = user_rules([tmp_path], Catalog([])).cards
    assert (card.severity, card.confidence, card.cwe) == expected
    assert (card.title, card.summary, card.clause, card.languages) == ("My rule", "Do not ….", "", ("python",))
    assert "# My rule" in card.body


# --- failures --------------------------------------------------------------------------------------------------------


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    program = tmp_path / "semgrep"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv(running.OVERRIDE, str(program))
    return program


def failure(options: Options | None = None) -> Problem:
    outcome = judged([rule()], {"a.py": "eval(x)\n"}, options)
    assert (outcome.findings, outcome.idle) == ((), ("no-eval",))
    (problem,) = outcome.problems
    assert (problem.kind, problem.incomplete) == (ProblemKind.SEMGREP, True)
    return problem


def test_a_missing_semgrep_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(running.OVERRIDE, "/nowhere/semgrep")
    assert "BACKEND_AUDIT_SEMGREP names /nowhere/semgrep" in failure().message
    assert failure().message.endswith("these rules did not run: no-eval")
    monkeypatch.delenv(running.OVERRIDE)
    monkeypatch.setattr(running.shutil, "which", lambda *_, **__: None)
    assert failure().message.startswith("semgrep is not installed")


def test_a_switch_in_the_variable_names_no_program() -> None:
    assert running.executable({running.OVERRIDE: "true"}) == running.executable({})
    assert Path(running.executable({})).parent == Path(sys.executable).parent


@posix
def test_a_failing_semgrep_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "echo out of order >&2; exit 7")
    assert "semgrep ended with code 7: out of order" in failure().message


@posix
def test_an_endless_semgrep_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "child"
    stand_in(tmp_path, monkeypatch, f"(sleep 1; touch {marker}) & sleep 60")
    assert "semgrep did not end within 0.2 s" in failure(Options(total=0.2)).message
    assert not marker.exists()


@posix
def test_garbage_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "echo '{\"results\": 3}'")
    assert "semgrep's answer cannot be read" in failure().message
    stand_in(tmp_path, monkeypatch, "echo hello")
    assert "semgrep ended with code 0" in failure().message


@posix
def test_plain_semgrep_stands_in_for_experimental(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = {"check_id": "r0", "path": "src/a.py", "start": {"line": 1, "offset": 0}, "end": {"line": 1, "offset": 7}}
    answer = json.dumps({"results": [result | {"extra": {"message": "m"}}], "errors": []})
    (tmp_path / "answer").write_text(answer, encoding="utf-8")
    stand_in(tmp_path, monkeypatch, f'case "$*" in *--experimental*) exit 9;; esac; cat {tmp_path}/answer')
    outcome = judged([rule()], {"a.py": "eval(x)\n"})
    assert outcome.problems == ()
    assert [one.place for one in outcome.findings] == [Place("a.py", 1, 1, 1, 8)]


@pytest.mark.parametrize(
    ("error", "kind", "incomplete"),
    [
        ({"type": "Timeout", "level": "warn", "path": "src/a.py", "rule_id": "r0"}, ProblemKind.TIMEOUT, True),
        ({"type": "Out of memory", "level": "warn", "path": "src/a.py"}, ProblemKind.TOO_LARGE, True),
        ({"type": "Lexical error", "level": "warn", "path": "src/a.py"}, ProblemKind.SYNTAX, False),
        ({"type": ["PartialParsing", [{"path": "a", "start": {"line": 2}}]], "path": "src/a.py"}, ProblemKind.SYNTAX, False),
        ({"type": "Rule parse error", "level": "error", "rule_id": "r0"}, ProblemKind.RULES, True),
        ({"type": "SemgrepError", "level": "error"}, ProblemKind.SEMGREP, True),
        ({"type": "Other", "level": "warn"}, ProblemKind.SEMGREP, False),
        ({}, ProblemKind.SEMGREP, True),
    ],
)
def test_kinds_of_errors(error: dict[str, object], kind: ProblemKind, incomplete: bool) -> None:
    answer = json.dumps({"results": [], "errors": [error]}).encode()
    outcome = read(answer, [rule()], {"src/a.py": "a.py"}, {"a.py": b""}, {}, ignores=True)
    assert [(one.kind, one.incomplete) for one in outcome.problems] == [(kind, incomplete)]


def test_bindings_of_one_place_are_one_finding_and_strangers_are_none() -> None:
    def result(check: str, path: str, message: str) -> dict[str, object]:
        point = {"line": 1, "offset": 0}
        return {"check_id": check, "path": path, "start": point, "end": point, "extra": {"message": message}}

    told = [result("r0", "src/a.py", "b"), result("x.r0", "src/a.py", "a"), result("r9", "src/a.py", ""), result("r0", "z", "")]
    answer = json.dumps({"results": told, "errors": []}).encode()
    outcome = read(answer, [rule()], {"src/a.py": "a.py"}, {"a.py": b"eval(x)"}, {}, ignores=True)
    assert [one.message for one in outcome.findings] == ["a"]


def test_a_comment_for_a_rule_that_could_not_run_is_not_unused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    comment = "# backend-audit: ignore[privileged-container] needs a device\n"
    (tmp_path / "compose.yml").write_text(f"services:\n  web:\n    {comment}    privileged: true\n", encoding="utf-8")
    monkeypatch.setenv(running.OVERRIDE, "/nowhere/semgrep")
    for semgrep, problems in ((True, 1), (False, 0)):
        config = Config(semgrep=semgrep, cache=False, workers=1, origins={})
        report = audit.scan(config, [tmp_path]).report
        assert report.findings == ()
        assert len(report.problems) == problems
