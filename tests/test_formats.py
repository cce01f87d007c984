"""The formats of other systems: by their documented schemas, within their limits, and safe with hostile text."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import msgspec
import pytest

from backend_audit.criteria import Assessment, State
from backend_audit.finding import Comparison, Finding, Gone, Place, Problem, ProblemKind, Report, Step, Suppressed
from backend_audit.inventory import GuardRow, RouteRow
from backend_audit.report import Format, render
from report_samples import CONTEXT, FINDINGS, KEY, REPORT

HERE = Path(__file__).parent
EMPTY = Report(findings=(), files=12, lines=400)
EVIL = (
    '</script><script>alert(1)</script> ::error::x %0A ]]> & "q" \x1b[31m \x00 @someone [a](b) `c` ```\r\n::set-output name=x::y'
)


def evil() -> Report:
    """Hostile text in every place where scanned code can put it."""
    path = "app/a::b,c%d\r\n<i>.py"
    place = Place(path, 3, 1, 3, 9)
    step = Step(place, EVIL, EVIL)
    finding = Finding(
        rule="sql-built-from-strings",
        place=place,
        message=EVIL,
        fix=EVIL,
        confidence=FINDINGS[0].confidence,
        symbol=EVIL,
        code=EVIL,
        anchor=EVIL,
        steps=(step, step),
        related=(step,),
        considered=(step,),
        others=((step,),),
    )
    gone = Gone(rule=finding.rule, path=path, symbol=EVIL, finding=finding)
    compared = Comparison(against=EVIL, known=(finding,), gone=(gone,), silenced=(Suppressed(finding, EVIL),), notes=(EVIL,))
    return Report(
        findings=(finding,),
        suppressed=(Suppressed(finding, EVIL),),
        problems=(Problem(path, 3, ProblemKind.SYNTAX, EVIL),),
        skipped=msgspec.structs.replace(REPORT, skipped=REPORT.skipped).skipped,
        files=1,
        comparison=compared,
    )


ROW = RouteRow(method="GET", path="/items/{id}", handler="show", file="app.py", line=3, verdict="open", why="no guard")
GUARDED = RouteRow(
    method="POST",
    path="/items",
    handler="add",
    file="app.py",
    line=9,
    verdict="protected",
    auth="required",
    guards=(GuardRow(name="require_user", does=("authenticates",)), GuardRow(name="log", does=("runs",))),
    unapplied=(GuardRow(name="late", does=("authorizes",)),),
    body_schema="Item",
)
BEFORE = msgspec.structs.replace(GUARDED, guards=(), auth="none", verdict="open")
WITH_ROUTES = replace(CONTEXT, table=(ROW, GUARDED), table_before=(BEFORE,), routes={"total": 2, "open": 1, "protected": 1})


def criterion(name: str, state: State, text: str = "as it is") -> Assessment:
    return Assessment(
        id=name, title=name, text="", section="Success criteria", state=state, reason=text, next=text, total=4, covered=3
    )


CRITERIA = (criterion("Rate limiting", State.PARTIAL), criterion("Health checks", State.MET), criterion("Caching", State.MISSING))
BEFORE_CRITERIA = (criterion("Rate limiting", State.MET), criterion("Health checks", State.MISSING), CRITERIA[2])
WITH_ROUTES = replace(WITH_ROUTES, criteria=CRITERIA, criteria_before=BEFORE_CRITERIA)
EVIL_ROUTES = replace(
    WITH_ROUTES,
    criteria=(criterion("Rate limiting", State.MISSING, EVIL),),
    table=(msgspec.structs.replace(ROW, path=EVIL, handler=EVIL, why=EVIL, file=EVIL),),
)
CASES = {"sample": (REPORT, WITH_ROUTES), "empty": (EMPTY, CONTEXT), "evil": (evil(), EVIL_ROUTES)}
cases = pytest.mark.parametrize("case", CASES)


def shown(case: str, how: Format) -> str:
    return render(*CASES[case][:1], how, CASES[case][1])


def many(count: int, severity_rule: str = "swallowed-exception") -> Report:
    findings = tuple(
        msgspec.structs.replace(FINDINGS[1], rule=severity_rule, place=Place("app/a.py", line, 1, line, 9), anchor=str(line))
        for line in range(1, count + 1)
    )
    return Report(findings=findings, files=1, lines=count)


@pytest.mark.parametrize("how", Format, ids=str)
@cases
def test_same_bytes_and_utf_8(case: str, how: Format) -> None:
    text = shown(case, how)
    assert text == shown(case, how)
    text.encode("utf-8")
    assert text.endswith("\n") or not text
    assert "\x1b" not in text
    assert "\x00" not in text


@pytest.mark.parametrize(
    "how", [Format.MARKDOWN, Format.HTML, Format.GITHUB, Format.GITLAB, Format.JUNIT, Format.RDJSON], ids=str
)
def test_the_key_stays_secret(how: Format) -> None:
    assert "BEGIN RSA PRIVATE KEY" in KEY
    assert "MII" not in shown("sample", how)


# --- GitHub ----------------------------------------------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:\r\n]*)(?:,\w+=[^,:\r\n]*)*)::([^\r\n]*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Kind, properties and message of each command, decoded as the runner decodes them."""
    found = []
    for line in text.splitlines():
        if line.startswith("::"):
            matched = COMMAND.fullmatch(line)
            assert matched is not None, line
            properties = dict(pair.split("=", 1) for pair in matched[2].split(","))
            found.append((matched[1], {key: unquote(value) for key, value in properties.items()}, unquote(matched[3])))
    return found


def test_annotations_are_sorted_by_worth() -> None:
    told = commands(shown("sample", Format.GITHUB))
    assert [(kind, one["file"], one["line"]) for kind, one, _ in told] == [
        ("error", "app/legacy/report.py", "14"),
        ("error", "app/settings.py", "12"),
        ("error", "app/repositories/users.py", "42"),
        ("warning", "app/repositories/users.py", "58"),
        ("notice", "app/services/mail.py", "9"),
    ]
    lines = [one for _, one, _ in told if one["line"] == "12"]
    assert "col" not in lines[0], "GitHub takes no columns of a region of several lines"


def test_annotations_on_changed_lines_come_first() -> None:
    changed = {"app/services/mail.py": ((9, 9),)}
    report = msgspec.structs.replace(REPORT, problems=(), comparison=Comparison(against="x", changed=changed))
    assert next(one["file"] for _, one, _ in commands(render(report, Format.GITHUB, CONTEXT))) == "app/services/mail.py"


def test_annotations_keep_to_the_limits() -> None:
    report = many(25)
    report = msgspec.structs.replace(report, findings=(*report.findings, *many(12, "sql-built-from-strings").findings))
    text = render(report, Format.GITHUB, CONTEXT)
    kinds = [kind for kind, _, _ in commands(text)]
    assert (kinds.count("error"), kinds.count("warning")) == (10, 10)
    assert kinds[0] == "error"
    assert text.splitlines()[-1].startswith("17 more are not shown here")


def test_nothing_escapes_from_an_annotation() -> None:
    text = shown("evil", Format.GITHUB)
    assert len(commands(text)) == len(text.splitlines()) == 2
    assert "::set-output" not in text.replace(" ::set-output", "")


# --- GitLab ----------------------------------------------------------------------------------------------------------

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 8},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@cases
def test_gitlab(case: str) -> None:
    rows = json.loads(shown(case, Format.GITLAB))
    jsonschema.Draft202012Validator(CODE_QUALITY).validate(rows)
    prints = [row["fingerprint"] for row in rows]
    assert len(prints) == len(set(prints))


def test_gitlab_severities() -> None:
    rows = json.loads(shown("sample", Format.GITLAB))
    assert {row["check_name"]: row["severity"] for row in rows} == {
        "private-key-in-source": "blocker",
        "sql-built-from-strings": "critical",
        "swallowed-exception": "major",
        "request-without-timeout": "minor",
    }


# --- JUnit and reviewdog ---------------------------------------------------------------------------------------------


@cases
def test_junit(case: str) -> None:
    root = ET.fromstring(shown(case, Format.JUNIT).partition("\n")[2])  # noqa: S314 - our own
    assert root.tag == "testsuites"
    report = CASES[case][0]
    assert int(root.attrib["failures"]) == len(root.findall(".//failure")) == len(report.findings)
    assert int(root.attrib["errors"]) == len(root.findall(".//error")) == sum(one.incomplete for one in report.problems)
    assert int(root.attrib["tests"]) == len(root.findall(".//testcase")) >= 1
    for suite in root:
        assert suite.tag == "testsuite"
        assert {"name", "tests", "failures", "errors"} <= suite.attrib.keys()
        assert all({"name", "classname"} <= one.attrib.keys() for one in suite.findall("testcase"))


@cases
def test_rdjson(case: str) -> None:
    """Against the schema that reviewdog publishes (tests/data/rdjson.schema.json, MIT)."""
    schema = json.loads((HERE / "data" / "rdjson.schema.json").read_text("utf-8"))
    result = json.loads(shown(case, Format.RDJSON))
    jsonschema.Draft4Validator(schema).validate(result)
    assert len(result["diagnostics"]) == len(CASES[case][0].findings) + len(CASES[case][0].problems)


def test_rdjson_counts_bytes() -> None:
    code = "é = run('ü')"
    finding = msgspec.structs.replace(FINDINGS[1], place=Place("a.py", 1, 5, 1, 13), code=code)
    (one,) = json.loads(render(Report(findings=(finding,), files=1), Format.RDJSON, CONTEXT))["diagnostics"]
    assert one["location"]["range"] == {"start": {"line": 1, "column": 6}, "end": {"line": 1, "column": 15}}
    secret = next(
        row for row in json.loads(shown("sample", Format.RDJSON))["diagnostics"] if row["location"]["path"] == "app/settings.py"
    )
    assert "column" not in secret["location"]["range"]["start"]


# --- Markdown --------------------------------------------------------------------------------------------------------


def test_markdown_has_what_a_reviewer_needs() -> None:
    compared = Comparison(
        against="main at 1a2b3c4",
        known=FINDINGS[1:2],
        gone=(Gone(rule="swallowed-exception", path="app/old.py", symbol="", count=2),),
        silenced=(Suppressed(FINDINGS[2], "internal"),),
        notes=("a note",),
        changed={FINDINGS[0].place.path: ((40, 44),)},
    )
    report = msgspec.structs.replace(REPORT, findings=FINDINGS[:1] + FINDINGS[3:], comparison=compared)
    context = replace(WITH_ROUTES, source_url="https://github.com/o/r/blob/abc/")
    text = render(report, Format.MARKDOWN, context)
    for part in (
        "# backend-audit failed: 2 new findings",
        "Compared with main at 1a2b3c4: 2 new, 1 unchanged, **fixed 2**.",
        "[`app/repositories/users.py:42`](https://github.com/o/r/blob/abc/app/repositories/users.py#L42)",
        "2. goes as argument `order` to `UserRepository.search`",
        "*on lines that did not change*",
        "## Fixed",
        "`app/old.py`, 2 times",
        "## Newly suppressed",
        "1 new (1 open), 1 tightened",
        "**new** `GET /items/{id}`",
        "## Could not be analysed",
        "* **Rate limiting**: met → partial: as it is",
        "* **Health checks**: missing → met: as it is",
        "412 tests",
    ):
        assert part in text, part
    assert text.count("on lines that did not change") == 1
    assert "**Caching**" not in text, "nothing became of it"
    assert text.index("**Rate limiting**") < text.index("**Health checks**"), "what is lost comes first"


@pytest.mark.parametrize("limit", [3_000, 20_000, 65_536])
def test_markdown_keeps_to_a_limit(limit: int) -> None:
    text = render(many(2_000), Format.MARKDOWN, replace(CONTEXT, markdown_limit=limit))
    assert limit * 0.5 < len(text.encode()) <= limit
    told = text.count("### ") + text.count("\n* 🟠")
    cut = re.search(r"(\d+) more findings have no room here", text)
    assert cut is not None
    assert told + int(cut[1]) == 2_000


def test_markdown_is_no_command_and_no_mark_up() -> None:
    text = shown("evil", Format.MARKDOWN)
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert "@someone" not in re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)
    prose = [line for line in text.splitlines() if line.startswith(("**Fix", "> ", "1. "))]
    assert len(prose) == 3
    for line in prose:
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert not re.search(r"(?<!\\)[<\[]", outside), line


# --- HTML ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"style": [], "script": []}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in self.texts:
            self.texts[self.tags[-1][0]].append(data)


@cases
def test_a_page_loads_and_runs_nothing_but_itself(case: str) -> None:
    page = Page(shown(case, Format.HTML))
    (policy,) = [one["content"] for _, one in page.tags if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        text = page.texts[tag][0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert [one for one, _ in page.tags].count(tag) == 1
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base", "form"}
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "style", "srcset"}], (tag, attributes)
        assert (attributes.get("href") or "#").startswith(("#", "https://github.com/backend-audit/")), attributes


def test_a_page_shows_everything() -> None:
    text = shown("sample", Format.HTML)
    for finding in FINDINGS:
        assert finding.fingerprint()[:12] in text
    for part in (
        "NEVER use string concatenation for SQL queries",
        "<mark>f&#34;SELECT id, email FROM users",
        "goes as argument <code>order</code>",
        "/items/{id}",
        "require_user",
        "does not run",
        "internal host, the caller has a deadline",
        "print is a statement here",
        "412",
        "below medium confidence",
        "<b>Rate limiting</b>",
        "3 criteria: 1 met, 1 partial, 1 missing",
        "3 of 4 routes",
    ):
        assert part in text, part
    assert "<code>log</code>" not in text, "a guard that turns nobody away is no guard"


def test_an_empty_page_says_so() -> None:
    assert "Nothing was found." in shown("empty", Format.HTML)
    assert 'class="verdict clean"' in shown("empty", Format.HTML)
