"""A made-up report that has something of everything, for the tests of the reporters."""

from backend_audit.catalog import Catalog, RuleCard
from backend_audit.finding import (
    Confidence,
    Finding,
    Mode,
    Place,
    Problem,
    ProblemKind,
    Report,
    Severity,
    Skipped,
    Step,
    Suppressed,
)
from backend_audit.report import RenderContext, line_hashes

BODY = """\
# {title}

{summary} More about it, with a [link](https://example.org/a).

## Fails

```python
run(f"{{value}}")  # $ alert
```

```python fixed
run("?", value)
```

## Passes

```python
run("1")
```

## How to mend

Pass *values* as `parameters`.

## References

- [CWE](https://cwe.mitre.org/)
"""


def sample_card(rule: str, title: str, clause: str, severity: Severity, score: float, *, cwe: int) -> RuleCard:
    path = f"{clause}-folder/{rule}.md"
    summary = f"{title}: an attacker gains from it."
    return RuleCard(
        id=rule,
        title=title,
        clause=clause,
        cwe=(cwe,),
        severity=severity,
        security_severity=score,
        confidence=Confidence.HIGH,
        mode=Mode.DEFAULT,
        languages=("python",),
        summary=summary,
        body=BODY.format(title=title, summary=summary),
        path=path,
        url=f"https://github.com/backend-audit/backend-audit/blob/main/rules/{path}",
    )


CARDS = [
    sample_card("private-key-in-source", "Private key in source", "never-4", Severity.CRITICAL, 9.8, cwe=798),
    sample_card("sql-built-from-strings", "SQL built from strings", "never-3", Severity.HIGH, 8.8, cwe=89),
    sample_card("swallowed-exception", "Swallowed exception", "never-5", Severity.MEDIUM, 5.0, cwe=390),
    sample_card("request-without-timeout", "Request without timeout", "must-11", Severity.LOW, 3.1, cwe=400),
    sample_card("never-found", "Never found", "must-11", Severity.LOW, 3.1, cwe=400),
]

TEXTS = {
    "app/repositories/users.py": "".join(f"# line {number}\n" for number in range(1, 60)),
    "app/settings.py": "# settings\n" * 20,
}


def at(path: str, line: int, code: str, marked: str) -> Place:
    """The place of `marked` in the line `code`."""
    column = code.index(marked) + 1
    return Place(path, line, column, line, column + len(marked))


USERS = "app/repositories/users.py"
QUERY = '    rows = await connection.fetch(f"SELECT id, email FROM users WHERE tenant = {tenant} ORDER BY {order}")'
SWALLOWED = "        except Exception:"
KEY = 'SIGNING_KEY = "-----BEGIN RSA PRIVATE KEY-----…"'
GET = "\tanswer = requests.get(url, headers={'X-Käse': '芝士'})  # fetch"

FINDINGS = (
    Finding(
        rule="sql-built-from-strings",
        place=at(USERS, 42, QUERY, QUERY[QUERY.index('f"') : -1]),
        message="An f-string puts `order`, which comes from the request, into the SQL that `connection.fetch` runs.",
        fix='Pass `tenant` as a parameter (`… WHERE tenant = $1"`, tenant) and choose `order` from a fixed set of columns.',
        confidence=Confidence.HIGH,
        symbol="UserRepository.search",
        code=QUERY,
        anchor='connection.fetch(f"SELECT …")',
        steps=(
            Step(Place("app/api/users.py", 17, 5, 17, 15), "`order` is a query parameter of `GET /users`"),
            Step(Place("app/api/users.py", 21, 37, 21, 42), "goes as argument `order` to `UserRepository.search`"),
            Step(at(USERS, 42, QUERY, "{order}"), "is put into the SQL text"),
        ),
    ),
    Finding(
        rule="swallowed-exception",
        place=at(USERS, 58, SWALLOWED, "except Exception"),
        message="`except Exception` does nothing: a failed `audit_log.write` leaves no trace.",
        fix="Catch what `audit_log.write` raises, and log it with `logger.exception`.",
        confidence=Confidence.MEDIUM,
        symbol="UserRepository.remove",
        code=SWALLOWED,
        anchor="except Exception: pass",
        related=(Step(Place(USERS, 56, 13, 56, 40), "the call whose failure is lost"),),
    ),
    Finding(
        rule="request-without-timeout",
        place=at("app/services/mail.py", 9, GET, "requests.get(url, headers={'X-Käse': '芝士'})"),
        message="`requests.get` waits for ever when the server does not answer.",
        fix="Give it a `timeout=`, for example `timeout=10`.",
        confidence=Confidence.HIGH,
        symbol="fetch",
        code=GET,
        anchor="requests.get(url)",
    ),
    Finding(
        rule="private-key-in-source",
        place=Place("app/settings.py", 12, 15, 18, 30),
        message="`SIGNING_KEY` is a private RSA key that everyone who reads this repository has.",
        fix="Replace the key everywhere it is used, and read the new one from the environment or a secret store.",
        confidence=Confidence.HIGH,
        symbol="SIGNING_KEY",
        code=KEY,
        anchor="private key",
    ),
)

REPORT = Report(
    findings=FINDINGS,
    suppressed=(Suppressed(FINDINGS[2], "internal host, the caller has a deadline"),),
    problems=(
        Problem("app/legacy/report.py", 14, ProblemKind.SYNTAX, "print is a statement here: Python 2 is not read"),
        Problem("", 0, ProblemKind.CACHE, "the cache was damaged and has been rebuilt", incomplete=False),
    ),
    skipped=(
        Skipped("larger than 1 MiB", 1, ("app/data/cities.py",)),
        Skipped("tests", 412, ("tests/test_a.py", "tests/test_b.py", "tests/test_c.py")),
        Skipped("vendored", 37, ("app/vendor/six.py",)),
    ),
    files=340,
    lines=42_113,
    below=5,
    hidden_by_mode=3,
)

CONTEXT = RenderContext(
    catalog=Catalog(CARDS),
    version="0.1.0",
    project="shop",
    line_hashes={path: line_hashes(text) for path, text in TEXTS.items()},
)
