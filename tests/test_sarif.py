"""SARIF: valid, clean under Microsoft's validator with GitHub's rules, and what code scanning needs."""

import json
import os
import re
import subprocess
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from backend_audit.catalog import load
from backend_audit.finding import Comparison, Finding, Gone, Place, Problem, ProblemKind, Report, Step
from backend_audit.report import Format, RenderContext, line_hashes, render, sarif
from report_samples import CONTEXT, FINDINGS, REPORT, TEXTS, USERS

HERE = Path(__file__).parent
MULTITOOL = HERE / "node" / "node_modules" / "@microsoft" / "sarif-multitool" / "bin.js"
KINDS = "Sarif;Ghas" if os.name == "nt" else "'Sarif;Ghas'"  # the package hands it to a shell
INSTALL = "npm ci --prefix tests/node"
WHOLE = replace(CONTEXT, sarif_suppressed=True, root_uri="file:///home/someone/shop/")


def run_of(report: Report, context: RenderContext = CONTEXT) -> dict[str, Any]:
    log = json.loads(render(report, Format.SARIF, context))
    assert list(log) == ["$schema", "version", "runs"]
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def with_findings(*findings: Finding) -> Report:
    return msgspec.structs.replace(REPORT, findings=findings)


def odd() -> Report:
    """Paths, texts and places of which a naive writer makes invalid SARIF."""
    finding = msgspec.structs.replace(
        FINDINGS[0],
        place=Place("app/a b/ü[1]#?.py", 1, 1, 4, 2),
        message="`rows[0](x)` and `{0}` and\n`{name}`",
        fix="",
        code="",
        steps=tuple(Step(Place("app/x.py", line, 1, line, 2), f"step [{line}](1)") for line in range(1, 1200)),
        related=(Step(Place("app/x.py", 7, 1, 7, 2), ""),),
        symbol="",
    )
    scan = (Problem("", 0, ProblemKind.SEMGREP, "semgrep is missing"), Problem("a b.py", 0, ProblemKind.CRASH, "x"))
    return msgspec.structs.replace(REPORT, findings=(finding, *FINDINGS), problems=scan)


def compared() -> Report:
    """A report held against an older state: new, unchanged, absent with and without its finding."""
    gone = (
        Gone(rule=FINDINGS[3].rule, path="app/old.py", symbol="", finding=FINDINGS[3]),
        Gone(rule=FINDINGS[1].rule, path="a b/gone.py", symbol="f", count=2),
    )
    return msgspec.structs.replace(
        with_findings(*FINDINGS[:1]), comparison=Comparison(against="x", known=FINDINGS[1:2], gone=gone)
    )


CASES = {
    "compared": (compared(), replace(WHOLE, sarif_absent=True)),
    "whole": (REPORT, WHOLE),
    "default": (REPORT, CONTEXT),
    "odd": (odd(), WHOLE),
    "empty": (Report(findings=(), files=1), CONTEXT),
    "rule without a page": (with_findings(msgspec.structs.replace(FINDINGS[0], rule="team-rule")), CONTEXT),
}


def every_rule() -> tuple[Report, RenderContext]:
    """One finding of each real rule, so that every page goes through the validators as help."""
    catalog = load()
    findings = tuple(
        msgspec.structs.replace(FINDINGS[1], rule=rule, place=Place("a.py", line, 1, line, 9))
        for line, rule in enumerate(catalog.cards, 1)
    )
    return with_findings(*findings), replace(WHOLE, catalog=catalog)


@cache
def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((HERE / "data" / "sarif-2.1.0.schema.json").read_text("utf-8")))


@pytest.mark.parametrize("case", [*CASES, "every rule"])
def test_follows_the_schema(case: str) -> None:
    schema().validate(json.loads(log_of(case)))


def test_the_schema_can_refuse() -> None:
    log = json.loads(render(REPORT, Format.SARIF, CONTEXT))
    log["runs"][0]["results"][0]["message"] = {}
    with pytest.raises(jsonschema.ValidationError):
        schema().validate(log)


def log_of(case: str) -> str:
    report, context = CASES[case] if case in CASES else every_rule()
    return render(report, Format.SARIF, context)


def spoiled() -> str:
    """A log that breaks a rule of GitHub's and one of SARIF's."""
    log = json.loads(log_of("default"))
    driver = log["runs"][0]["tool"]["driver"]
    del driver["rules"][0]["help"]
    del driver["informationUri"]
    return json.dumps(log)


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The errors and warnings of sarif-multitool by case, with GitHub's rules too; one process for all."""
    if not MULTITOOL.exists():
        if os.environ.get("CI"):
            pytest.fail(f"sarif-multitool is missing: {INSTALL}")
        pytest.skip(f"sarif-multitool is missing: {INSTALL}")
    folder = tmp_path_factory.mktemp("sarif")
    names = {f"{at}.sarif": case for at, case in enumerate([*CASES, "every rule", "spoiled"])}
    for name, case in names.items():
        (folder / name).write_text(spoiled() if case == "spoiled" else log_of(case), encoding="utf-8")
    command = ["node", str(MULTITOOL), "validate", *(str(folder / name) for name in names), "--rule-kind", KINDS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert f"{len(names)} files scanned" in done.stdout, done.stdout + done.stderr
    found: dict[str, list[str]] = {case: [] for case in names.values()}
    for line in re.findall(r"^.*: (?:error|warning) .*$", done.stdout, re.MULTILINE):
        found[names[re.split(r"[/\\]", line.partition("(")[0])[-1]]].append(line)
    return found


@pytest.mark.parametrize("case", [*CASES, "every rule"])
def test_is_clean_for_github(case: str, complaints: dict[str, list[str]]) -> None:
    assert complaints[case] == []


def test_the_validator_can_complain(complaints: dict[str, list[str]]) -> None:
    found = "\n".join(complaints["spoiled"])
    assert "error GH2012" in found
    assert "warning SARIF2005" in found


def test_rules_carry_what_code_scanning_reads() -> None:
    rules = {rule["id"]: rule for rule in run_of(REPORT)["tool"]["driver"]["rules"]}
    assert "never-found" not in rules
    rule = rules["sql-built-from-strings"]
    assert rule["properties"]["security-severity"] == "8.8"
    assert rule["properties"]["precision"] == "high"
    assert rule["properties"]["tags"] == ["security", "external/cwe/cwe-089", "seed/never-3"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rules["swallowed-exception"]["defaultConfiguration"] == {"level": "warning"}
    assert "Pass *values* as `parameters`." in rule["help"]["markdown"]
    assert "$ alert" not in rule["help"]["markdown"]
    assert rule["help"]["text"]
    assert all(len(rule["fullDescription"]["text"]) <= 1024 for rule in rules.values())


def test_a_result_points_at_a_narrow_place() -> None:
    result = run_of(REPORT)["results"][0]
    physical = result["locations"][0]["physicalLocation"]
    region = physical["region"]
    assert physical["artifactLocation"] == {"uri": USERS, "uriBaseId": "%SRCROOT%"}
    assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (42, 35, 42, 106)
    assert region["snippet"]["text"].startswith('f"SELECT')
    assert run_of(REPORT)["columnKind"] == "unicodeCodePoints"


def test_results_index_their_rule() -> None:
    run = run_of(REPORT)
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [one.rule for one in FINDINGS]
    assert [result["ruleId"] for result in run["results"]] == [one.rule for one in FINDINGS]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]


def test_fingerprints() -> None:
    results = run_of(REPORT)["results"]
    assert results[0]["partialFingerprints"] == {
        "primaryLocationLineHash": line_hashes(TEXTS[USERS])[41],
        "backendAudit/v1": FINDINGS[0].fingerprint(),
    }
    assert list(results[2]["partialFingerprints"]) == ["backendAudit/v1"]  # a file whose lines are not known


def test_a_flow_is_told_step_by_step() -> None:
    (flow,) = run_of(REPORT)["results"][0]["codeFlows"]
    lines = [one["location"]["physicalLocation"]["region"]["startLine"] for one in flow["threadFlows"][0]["locations"]]
    assert lines == [17, 21, 42]
    assert "codeFlows" not in run_of(REPORT)["results"][2]


def test_a_very_long_flow_keeps_both_ends() -> None:
    (flow,) = run_of(odd())["results"][0]["codeFlows"]
    locations = flow["threadFlows"][0]["locations"]
    lines = [one["location"]["physicalLocation"]["region"]["startLine"] for one in locations]
    assert (len(lines), lines[0], lines[-1]) == (sarif.MOST_STEPS, 1, 1199)


@pytest.mark.parametrize("report", [REPORT, odd()], ids=["sample", "odd"])
def test_every_link_in_a_message_leads_to_a_related_location(report: Report) -> None:
    for result in run_of(report)["results"]:
        linked = re.findall(r"\[[^\[\]]+\]\((\d+)\)", result["message"]["text"])
        assert [int(one) for one in linked] == [one["id"] for one in result.get("relatedLocations", [])]


def test_placeholders_in_code_are_escaped() -> None:
    assert "`{{0}}` and `{name}`" in run_of(odd())["results"][0]["message"]["text"]


def test_problems_are_notifications_and_make_the_run_unsuccessful() -> None:
    (invocation,) = run_of(REPORT)["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [(note["level"], note["descriptor"]["id"]) for note in notes] == [("error", "syntax"), ("warning", "cache")]
    assert notes[0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 14}
    assert "locations" not in notes[1]


def test_a_told_problem_alone_leaves_the_run_successful() -> None:
    report = msgspec.structs.replace(REPORT, problems=REPORT.problems[1:])
    assert run_of(report)["invocations"][0]["executionSuccessful"] is True


def test_every_kind_of_problem_can_be_told() -> None:
    problems = tuple(Problem("a.py", 1, kind, "what") for kind in ProblemKind)
    ids = [one["id"] for one in run_of(Report(findings=(), problems=problems))["tool"]["driver"]["notifications"]]
    assert ids == sorted(str(kind) for kind in ProblemKind)


def test_suppressed_findings_are_left_out_unless_asked_for() -> None:
    assert not [one for one in run_of(REPORT)["results"] if "suppressions" in one]
    (result,) = (one for one in run_of(REPORT, WHOLE)["results"] if "suppressions" in one)
    assert result["suppressions"] == [
        {"kind": "inSource", "justification": "internal host, the caller has a deadline", "status": "accepted"}
    ]


def test_category_and_root() -> None:
    run = run_of(REPORT, WHOLE)
    assert run["automationDetails"] == {"id": "backend-audit/shop/"}
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///home/someone/shop/"}}
    assert run_of(REPORT, replace(CONTEXT, project=""))["automationDetails"] == {"id": "backend-audit/"}


def test_paths_are_uris() -> None:
    location = run_of(odd())["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "app/a%20b/%C3%BC%5B1%5D%23%3F.py"


def test_too_many_results_are_cut_by_severity_and_said() -> None:
    run = run_of(REPORT, replace(CONTEXT, sarif_results=2))
    assert [one["ruleId"] for one in run["results"]] == ["sql-built-from-strings", "private-key-in-source"]
    (note,) = (one for one in run["invocations"][0]["toolExecutionNotifications"] if one["descriptor"]["id"] == "too-many")
    assert note["message"]["text"] == "2 findings of lower severity are left out: 2 results have room in a run."


def test_thirty_thousand_findings_are_cut_as_code_scanning_takes_them() -> None:
    """https://docs.github.com/code-security/code-scanning/reference/sarif-files/sarif-support: 25,000 results a run."""
    rules = ("request-without-timeout", "sql-built-from-strings", "swallowed-exception")
    findings = tuple(
        msgspec.structs.replace(FINDINGS[1], rule=rules[line % 3], place=Place(f"a{line % 7}.py", line, 1, line, 9), related=())
        for line in range(1, 30_001)
    )
    run = run_of(Report(findings=findings, files=7))
    counts = Counter(one["ruleId"] for one in run["results"])
    assert counts == {"sql-built-from-strings": 10_000, "swallowed-exception": 10_000, "request-without-timeout": 5_000}
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "5,000 findings of lower severity are left out: 25,000 results have room in a run."


def test_known_findings_give_way_to_new_ones() -> None:
    known = tuple(msgspec.structs.replace(FINDINGS[3], place=Place("k.py", line, 1, line, 2)) for line in range(1, 9))
    report = Report(findings=FINDINGS[2:3], files=1, comparison=Comparison(against="x", known=known))
    run = run_of(report, replace(CONTEXT, sarif_results=4))
    assert [one["baselineState"] for one in run["results"]] == ["new", "unchanged", "unchanged", "unchanged"]


def test_same_report_same_bytes() -> None:
    assert render(REPORT, Format.SARIF, WHOLE) == render(REPORT, Format.SARIF, WHOLE)
