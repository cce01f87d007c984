"""What many functions of a project do alike is told once, with how many there are."""

from pathlib import Path

import pytest

from backend_audit.audit import scan
from backend_audit.config import load as load_config

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
