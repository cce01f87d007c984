"""What many functions of a project do alike is told once, with how many there are."""

import json
from pathlib import Path

import pytest

from backend_audit.audit import scan
from backend_audit.catalog import load as load_catalog
from backend_audit.config import load as load_config
from backend_audit.report import Format, RenderContext, render

PYTHON = "import time\nfrom fastapi import FastAPI\napp = FastAPI()\n\n"
ONE_OF_PYTHON = "@app.get('/aNUMBER')\nasync def aNUMBER():\n    time.sleep(1)\n    return NUMBER\n\n"
SCRIPT = "const app = require('express')()\nconst bcrypt = require('bcrypt')\n"
ONE_OF_SCRIPT = "app.post('/aNUMBER', (req, res) => { res.json(bcrypt.hashSync(req.body.password, 12)) })\n"

STARS = "const pool = new (require('pg').Pool)()\nconst app = require('express')()\n"
ONE_OF_STARS = "app.get('/aNUMBER', async (req, res) => { res.json((await pool.query('SELECT * FROM tNUMBER LIMIT 9')).rows) })\n"


@pytest.mark.parametrize(
    ("name", "head", "one", "rule"),
    [
        ("a.py", PYTHON, ONE_OF_PYTHON, "blocking-call-in-async"),
        ("a.js", SCRIPT, ONE_OF_SCRIPT, "synchronous-call-in-handler"),
        ("a.js", STARS, ONE_OF_STARS, "select-star"),
    ],
    ids=["python", "script", "stars"],
)
def test_a_practice_is_told_once(tmp_path: Path, name: str, head: str, one: str, rule: str) -> None:
    for number, told in ((10, 10), (12, 1)):
        (tmp_path / name).write_text(head + "".join(one.replace("NUMBER", str(each)) for each in range(number)))
        config = load_config(tmp_path, {"select": [rule], "cache": False, "workers": 1, "mode": "elite"}, {}, isolated=True)
        found = [each for each in scan(config, [tmp_path]).report.findings if each.rule == rule]
        assert len(found) == told
        assert all(("11 more " in each.message) == (told == 1) for each in found)


BARE = "def aNUMBER(rows):\n    try:\n        return rows[NUMBER]\n    except:\n        rows.log(NUMBER)\n\n\n"


@pytest.mark.parametrize(("number", "told"), [(10, 10), (11, 1)])
def test_people_are_told_a_practice_once_and_programs_each_of_it(tmp_path: Path, number: int, told: int) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "a.py").write_text("".join(BARE.replace("NUMBER", str(each)) for each in range(number - 1)))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "b.py").write_text(BARE.replace("NUMBER", "0"))
    config = load_config(tmp_path, {"select": ["catch-all-except"], "cache": False, "workers": 1}, {}, isolated=True)
    result = scan(config, [tmp_path])
    context = RenderContext(catalog=load_catalog(), version="1")
    assert len(result.report.findings) == number
    assert len(json.loads(render(result.report, Format.JSON, context))["findings"]) == number
    text = render(result.report, Format.TEXT, context)
    assert text.count("KeyboardInterrupt") == told
    assert ("and  10 more like this: bin/b.py 4 · shop/a.py 11, 18" in text) == (told == 1)
    assert (text.index("shop/a.py") < text.index("bin/b.py")) == (told == 1)  # one of where most of them are
    for form in (Format.MARKDOWN, Format.HTML):
        written = render(result.report, form, context)
        assert ("10 more like this" in written) == (told == 1)
        assert written.count("also stops KeyboardInterrupt") == told
