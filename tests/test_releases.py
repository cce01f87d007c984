"""Which releases of libraries the manifests of a project allow."""

from pathlib import Path

import pytest

from backend_audit import audit
from backend_audit.config import Config
from backend_audit.finding import Confidence
from backend_audit.signs.releases import releases

CODE = """\
from flask import Flask, request
from lxml import etree

app = Flask(__name__)


@app.post("/feed")
def feed():
    return etree.fromstring(request.data).tag
"""


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ("lxml==6.1.0", (6, 1, 0)),
        ("lxml>=5,<7", (5,)),
        ("lxml >=4.6, >= 5.2 ; python_version > '3.8'  # pinned", (5, 2)),
        ("LXML[html]~=5.3.1", (5, 3, 1)),
        ("lxml", None),
        ("lxml<5", None),
        ("lxml!=5.0", None),
        ("lxml<=6", None),
        ("# lxml==6", None),
        ("xml==6", None),
    ],
)
def test_a_line_of_requirements(line: str, release: tuple[int, ...] | None) -> None:
    assert releases({"requirements.txt": line}).get("lxml") == release


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ('[project]\ndependencies = ["lxml>=5.2"]', (5, 2)),
        ('[project.optional-dependencies]\nxml = ["lxml>=5.2"]', (5, 2)),
        ('[tool.poetry.dependencies]\nlxml = "^5.1"', (5, 1)),
        ('[tool.poetry.dependencies]\nlxml = {version = ">=6", extras = ["html"]}', (6,)),
        ('[tool.poetry.dependencies]\nlxml = "*"', None),
        ("[tool.poetry", None),
    ],
)
def test_a_table_of_a_project(text: str, release: tuple[int, ...] | None) -> None:
    assert releases({"pyproject.toml": text}).get("lxml") == release


def test_the_oldest_that_any_manifest_allows_counts() -> None:
    assert releases({"a/requirements.txt": "lxml==6.0", "b/requirements.txt": "lxml>=4.9"})["lxml"] == (4, 9)
    assert "lxml" not in releases({"a/requirements.txt": "lxml==6.0", "b/requirements.txt": "lxml"})


def test_a_manifest_that_changes_is_read_again(tmp_path: Path) -> None:
    """Code and cache stay the same; what the manifest allows does not."""
    config = Config(
        cache_dir=tmp_path / "cache", min_confidence=Confidence.LOW, select=("xml-external-entities",), semgrep=False, origins={}
    )
    project = tmp_path / "project"
    project.mkdir()
    (project / "app.py").write_text(CODE, encoding="utf-8")
    told = []
    for line in ("lxml==4.9", "lxml==6.1", "lxml"):
        (project / "requirements.txt").write_text(f"flask==3\n{line}\n", encoding="utf-8")
        told += [finding.confidence for finding in audit.scan(config, [project]).report.findings]
    assert told == [Confidence.MEDIUM, Confidence.LOW, Confidence.MEDIUM]
