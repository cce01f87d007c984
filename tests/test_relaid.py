"""After an edit that says nothing new, what was found moves along; what the cache gives is always what a scan without it says."""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_audit import audit
from backend_audit.analysis import judgement
from backend_audit.config import Config
from backend_audit.finding import Confidence, Mode

ROOT = Path(__file__).parent.parent
SAYS_NOTHING = ("# a remark", "", "    ", "# backend-audit: ignore[sql-built-from-strings] -- known", "#")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A project of both languages, with findings, routes and evidence."""
    folder = tmp_path / "app"
    shutil.copytree(ROOT / "fixtures/apps/bookshop", folder / "shop")
    shutil.copytree(ROOT / "tests/data/criteria/node_some", folder / "node")
    return folder


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one each time that a project is judged anew."""
    made: list[int] = []
    real = judgement._made

    def counted(*args: object, **named: object) -> judgement.Judgement:
        made.append(1)
        return real(*args, **named)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(judgement, "_made", counted)
    return made


def said(folder: Path, *, cached: bool) -> tuple[object, ...]:
    """All that a scan of `folder` says; the cache is the test's own."""
    config = Config(
        mode=Mode.ELITE, min_confidence=Confidence.LOW, workers=1, cache=cached, cache_dir=folder.parent / "cache", semgrep=False,
        origins={},
    )  # fmt: skip
    result = audit.scan(config, [folder])
    return result.report, result.routes, result.evidence


def edit(path: Path, change: Callable[[list[str]], None]) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    change(lines)
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "change"),
    [
        pytest.param("shop/shop/repositories/books.py", lambda lines: lines.insert(0, "# at the top"), id="a comment above all"),
        pytest.param("shop/shop/repositories/books.py", lambda lines: lines.append("# touched"), id="a comment at the end"),
        pytest.param("shop/shop/main.py", lambda lines: lines.insert(3, ""), id="a blank line"),
        pytest.param("node/app.js", lambda lines: lines.insert(0, "// backend-audit: ignore-file -- tried"), id="a directive"),
    ],
)
def test_what_says_nothing_is_not_judged_again(
    app: Path, judged: list[int], file: str, change: Callable[[list[str]], None]
) -> None:
    before = said(app, cached=True)
    assert len(judged) == 1
    edit(app / file, change)
    after = said(app, cached=True)
    assert len(judged) == 1, "the project was judged again"
    assert after != before
    assert after == said(app, cached=False)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("shop/shop/repositories/books.py", lambda lines: lines.append("touched = 1")),
        ("shop/shop/settings.py", lambda lines: lines.insert(0, '"""Settings."""')),
        ("node/app.js", lambda lines: lines.insert(0, "// nobody waits for this on purpose")),
    ],
)
def test_what_may_say_something_is_judged_again(
    app: Path, judged: list[int], file: str, change: Callable[[list[str]], None]
) -> None:
    said(app, cached=True)
    edit(app / file, change)
    after = said(app, cached=True)
    assert len(judged) == 2, "an earlier judgement was kept"
    assert after == said(app, cached=False)


@pytest.mark.parametrize("seed", range(8))
def test_the_cache_says_what_a_scan_without_it_says(app: Path, seed: int) -> None:
    """Many edits of layout, some of which do change what the code says: comments in texts, blanks that indent."""
    drawn = random.Random(seed)  # noqa: S311 - no secret
    said(app, cached=True)
    files = sorted(path for path in app.rglob("*") if path.suffix in {".py", ".js"})
    for _ in range(3):
        path = drawn.choice(files)
        mark = "//" if path.suffix == ".js" else "#"

        def change(lines: list[str], mark: str = mark) -> None:
            at = drawn.randrange(len(lines))
            kind = drawn.randrange(5)
            if kind == 0:
                lines.insert(at, drawn.choice(SAYS_NOTHING).replace("#", mark))
            elif kind == 1:
                lines[at] += f"  {mark} said here"
            elif kind == 2:
                lines[at] = re.sub(r" = ", "  =  ", lines[at])
            elif kind == 3:
                lines[at] = re.sub(r"\(", "( ", lines[at])
            else:
                lines[at] = re.sub(r", ", ",\n        ", lines[at], count=1)

        edit(path, change)
        assert said(app, cached=True) == said(app, cached=False), path
