"""What breaks in one check or stage is a problem, and the others are not lost."""

from collections.abc import Iterator

from backend_audit.analysis.asking import Asking
from backend_audit.checks import Alert, Check
from backend_audit.finding import ProblemKind
from backend_audit.source import Language

SAID = Alert(at=0, end=1, message="m", fix="f")


def _check(rule: str, *, breaks: bool) -> Check:
    def judge(subject: str) -> Iterator[Alert]:
        yield SAID
        if breaks:
            raise ValueError(subject)

    return Check(rule, str, judge, frozenset({Language.PYTHON}))


CHECKS = [_check("broken", breaks=True), _check("whole", breaks=False)]


def test_a_check_that_breaks_is_told_once_and_the_others_go_on() -> None:
    asking = Asking([])
    rules = [rule for _ in range(2) for rule, _ in asking.alerts(CHECKS, "a.py", "a secret of the code")]
    assert rules == ["broken", "whole", "whole"]
    assert [(one.path, one.kind, one.message) for one in asking.problems] == [
        ("a.py", ProblemKind.CRASH, "broken failed with ValueError")
    ]


def test_where_a_check_broke_it_is_not_asked_again_and_elsewhere_it_is() -> None:
    asking = Asking([])
    asked = [rule for path in ("a.py", "a.py", "b.py") for rule, _ in asking.alerts(CHECKS, path, "", within=path)]
    assert asked == ["broken", "whole", "whole", "broken", "whole"]
    assert [one.path for one in asking.problems] == ["a.py", "b.py"]


def test_a_stage_that_breaks_keeps_what_it_gave_before() -> None:
    asking = Asking([])

    def found() -> Iterator[int]:
        yield 1
        raise KeyError("k")

    assert list(asking.each("gathering", found())) == [1]
    assert asking.attempt("", "reading", lambda: int("seven"), 7) == 7
    assert asking.attempt("", "reading", lambda: 8, 7) == 8
    assert [one.message for one in asking.problems] == ["gathering failed with KeyError", "reading failed with ValueError"]
