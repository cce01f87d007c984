"""Catastrophic patterns are found by their automata, harmless look-alikes are not."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_audit.catalog import rules_root
from backend_audit.regex import exponential, harmless_after, polynomial
from backend_audit.regex.needed import needed
from backend_audit.signs.rows import rows_of

EXPONENTIAL = [
    r"(a+)+b", r"(a*)*b", r"^(\w+\s?)*$", r"(a|aa)*c", r"(a?a?)*b", r"(?:a|a?)+b", r"^([a-z]+)+$", r"(\d|5|55)*x", r"(.|\s)*$x",
    r"(x+x+)+y",
    r"([a-zA-Z]+)*!", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"((a+)*$|[\s\S]+)", r"(\d(\s+)*){20}", r"(?:(['\"])\w+\1|\w+)*;",
    r"(?i)(a|A)*b$|(aA|a|A)+$", r"(?s)(?:.|\n\n|\n)*b", r"^(?:\s+|#.*|\(\?#[^)]*\))*!",
]  # fmt: skip
HARMLESS = [
    r"a*b", r"(a|b)+", r"([\w.]+)*", r"(a+)*[\s\S]", r"(ab)*c", r"^(\d{3}-)+\d{4}$", r"(?>a+)+b", r"(a++)*b", r"((;|^)a+)+$",
    r"(a?)*b",
    r"(A*A*X)*", r"^[\w.+-]+@[\w-]+\.[\w.-]+$", r"(.*,)+.+", r"(?:[^\"\\]|\\.)*\"", r"((ab)+)*ababab", r"[", r"(" * 300,
]  # fmt: skip


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_exponential(pattern: str) -> None:
    assert exponential(pattern) is not None


@pytest.mark.parametrize("pattern", HARMLESS)
def test_harmless(pattern: str) -> None:
    assert exponential(pattern) is None


def test_flags_matter() -> None:
    assert exponential(r"(?:.|\n)*b") is None
    assert exponential(r"(?:.|\n)*b", re.DOTALL) is not None
    assert exponential("(a+ )* b", re.VERBOSE) is not None


def test_the_whole_text_must_match() -> None:
    assert exponential(r"(a+)+") is None
    assert exponential(r"(a+)+", whole=True) is not None


def test_alternatives_that_this_python_merges_are_told_apart() -> None:
    merged = exponential(r"(\d|5)*x")
    assert merged is not None
    assert not merged.here
    both = exponential(r"(\d+|5)*x")
    assert both is not None
    assert both.here


@pytest.mark.parametrize("pattern", [r"\s+$", r"^\s*(.*)\s*$x", r"a*a*b"])
def test_polynomial(pattern: str) -> None:
    assert polynomial(pattern) is not None


def test_the_text_that_two_loops_share_is_the_one_that_leads_from_one_to_the_other() -> None:
    found = polynomial(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")
    assert found is not None
    assert found.text == "."
    assert polynomial(r"^[a-z]+-[a-z]+$") is None


@pytest.mark.parametrize(("pattern", "pump"), [(r"(?m)^\s*a", "\n"), (r"(?m)^[^;]*;", "\n"), (r"(?m)^b|\d+c", "0")])
def test_the_beginning_of_lines_is_found_again_behind_their_ends_alone(pattern: str, pump: str) -> None:
    found = polynomial(pattern)
    assert found is not None
    assert found.text == pump


@pytest.mark.parametrize("pattern", [r"(?m)^\d+[ab]$", r"^\s+$", r"\d+", r"^a*b", r"[a-z]+"])
def test_linear(pattern: str) -> None:
    assert polynomial(pattern) is None


def test_a_search_that_finds_something_at_each_offset_is_linear() -> None:
    assert polynomial(r"(?:([^:\s]+):)?(?:\"([^\"]+)\"|(\S+))") is None


def test_what_a_match_leaves_out() -> None:
    assert harmless_after(r"[a-z0-9_-]+", "fullmatch") == {"all"}
    assert harmless_after(r"^[a-z]+$", "search") == {"all"}
    assert harmless_after(r"[a-z]+", "match") == frozenset()
    assert harmless_after(r".*[a-z]+.*", "fullmatch") == {"log", "header"}
    assert harmless_after(r"https://api\.example\.com/", "match") == {"url"}
    assert harmless_after(r"api\.example\.com", "search") == frozenset()
    assert "html" in harmless_after(r"[^<>&'\"]*", "fullmatch")


def test_what_leads_out_of_no_folder() -> None:
    assert "path" in harmless_after(r"^index[0-9]+.ts$", "search")
    assert "path" in harmless_after(r"^[a-z]+(/[a-z]+)*(\.[a-z]+)?$", "search")
    assert "path" not in harmless_after(r"^[a-z./]+$", "search")
    assert "path" not in harmless_after(r"^a..b$", "search")
    assert "path" not in harmless_after(r"^/[a-z]+$", "search")
    assert "path" not in harmless_after(r"^a.\b.$", "search")
    assert "path" not in harmless_after(r"index[0-9]+.ts", "search")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(?i)(^|[._])(logger|log)\.(info|warn|warning)$", {"info", "warn"}),
        (r"^Audit(Log|Trail)s?\w*$|^\w*Audit$", {"audit"}),
        (r"colou?r", {"colo"}),
        (r"(expires)?_?at", {"at"}),
        (r"a{2}b", {"a"}),
        (r"(?!never)fetch", {"fetch"}),
        (r"\w+|webhook", set()),
        (r"(webhook)?", set()),
        (r"[ab]c*", set()),
    ],
)
def test_words_that_a_pattern_needs(pattern: str, words: set[str]) -> None:
    assert needed(pattern) == words


_SIGNS = sorted(
    {pattern.source for row in rows_of(rules_root()).every for pattern in (row.calls, row.classes, row.strings) if pattern}
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(st.data())
def test_a_match_holds_a_needed_word(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(_SIGNS))
    text = data.draw(st.from_regex(pattern, alphabet=st.characters(codec="ascii")))
    assert any(word in text.lower() for word in needed(pattern)), (pattern, text)
