"""The scorecard: every bullet of the seed has its row, and each state is given for what the code shows."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from backend_audit.audit import scan
from backend_audit.catalog import CLAUSES, load, rules_root
from backend_audit.cli import run
from backend_audit.cli.scorecard import assessed
from backend_audit.config import load as load_config
from backend_audit.criteria import Assessment, Criterion, Facts, ModesError, Section, State, assess, sections_of
from backend_audit.criteria.model import Share, Spoil, Want
from backend_audit.criteria.owasp import OwaspError, RuleFacts, counted_by_category, read_top10, top10_of
from backend_audit.criteria.reading import read_sections
from backend_audit.finding import Mode, Place, Severity
from backend_audit.inventory import GuardRecord, RouteRecord
from backend_audit.inventory.signs import Dependency, Sign
from backend_audit.signs.rows import EvidenceError, load_rows, rows_of

# The bullets of the seed, word for word (before the colon, where there is one).
DEFAULT = (
    "Clean REST/GraphQL APIs, OpenAPI/Swagger documentation, Database optimization, JWT authentication, Error handling, "
    "Input validation, Security best practices"
)
ADVANCED = (
    "Multi-Tenancy, API Versioning, Rate Limiting, Webhooks, Background Jobs, File Uploads, Search, Analytics, Audit Logging, "
    "Data Export, Soft Deletes, Feature Flags, API Gateway, Service Health, Observability, RBAC, OAuth2/OIDC, "
    "Payment Integration, Email/SMS, Cron Jobs"
)
ELITE = {
    "Microservices Architecture": "Service Mesh, API Gateway, Service Discovery, Circuit Breakers, Bulkhead Pattern, "
    "Retry Logic, Load Balancing, gRPC Services",
    "Advanced Data Patterns": "CQRS, Event Sourcing, Saga Pattern, CDC, GraphQL Federation, Polyglot Persistence, "
    "Database Sharding, Read Replicas, Connection Pooling",
    "Real-Time Capabilities": "WebSockets, Server-Sent Events, Message Brokers, Pub/Sub, Real-Time Analytics",
    "Observability & Reliability": "Distributed Tracing, APM, Centralized Logging, Metrics, Alerting, SLI/SLO, Error Tracking, "
    "Chaos Engineering",
    "Security Hardening": "Zero Trust, API Key Rotation, Secret Management, WAF Integration, DDoS Protection, "
    "SQL Injection Prevention, XSS Protection, CORS, CSP",
    "Performance Optimization": "Caching Layers, Database Query Optimization, Connection Reuse, Lazy Loading, Batch Processing, "
    "Async Processing, CDN Integration, Edge Functions",
}


def titles(section: Section) -> str:
    return ", ".join(one.title for one in section.criteria)


def test_every_bullet_of_the_seed_has_its_row() -> None:
    criteria, default, advanced, *elite = sections_of(rules_root())
    assert [f"Must include: {one.title}" for one in criteria.criteria] == [
        text for clause, text in CLAUSES.items() if clause.startswith("must-")
    ]
    assert titles(default) == DEFAULT
    assert titles(advanced) == ADVANCED
    assert {section.title.removeprefix("Elite: "): titles(section) for section in elite} == ELITE
    assert [section.mode for section in (criteria, default, advanced, *elite)] == ["default"] * 2 + ["advanced"] + ["elite"] * 6


def test_rows_of_modes_name_what_exists() -> None:
    """Kinds that no row of evidence shows, and rules that nobody wrote, would never speak."""
    kinds = rows_of(rules_root()).kinds.keys()
    shown = {row.kind for row in rows_of(rules_root()).every} | {
        "routes",
        "route-authorizes",
        "route-authenticates",
        "several-stores",
        "connected",
        "readiness-check",
    }
    assert not sorted(kinds - shown), "described, but nothing shows them"
    asked: set[str] = set()
    rules = {*load().cards.keys(), *CLAUSES}
    for one in (criterion for section in sections_of(rules_root()) for criterion in section.criteria):
        inner = [*one.wants, *one.spoils]
        asked |= {*one.applies, *one.evidence, *(kind for part in inner for kind in part.kinds)}
        asked |= {kind for want in one.wants for kind in want.when}
        asked |= set(one.share.everywhere) if one.share is not None else set()
        assert rules.issuperset(one.findings), f"{one.id}: {sorted(set(one.findings) - rules)}"
        assert one.like or one.not_assessed or one.next, f"{one.id} says nothing of what to do"
        assert one.otherwise or not one.applies, f"{one.id} does not say why it does not apply"
    assert not sorted(asked - kinds), "asked, but not described"
    inner_kinds = {"cache-store", "document-store", "key-value", "graph-store"}  # for readiness and for kinds of stores
    inner_kinds |= {"file-database", "server-database", "relational"}  # for whether it is reached by connections
    inner_kinds |= {"named-limiter", "too-many-requests", "flag-read", "ack-first"}  # together with others they are signs
    assert not sorted(kinds - asked - inner_kinds), "described, but nothing asks"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[evidence]]\nkind = "x"\npython = ["a"]\n', "unknown kind 'x'"),
        ('[kinds]\nx = "x"\n[[evidence]]\nkind = "x"\n', "nothing finds it"),
        ('[kinds]\nx = "x"\n[[evidence]]\nkind = "x"\npyton = ["a"]\n', "unknown key 'pyton'"),
        ('[kinds]\nx = "x"\n[[evidence]]\nkind = "x"\nfiles = ["a"]\n', "files and line belong together"),
        ('[kinds]\nx = "x"\n[[evidence]]\nkind = "x"\ncalls = "("\n', "no regular expression"),
        ("[kinds\n", "rows.toml"),
    ],
)
def test_evidence_that_breaks_the_format_is_refused(text: str, told: str) -> None:
    with pytest.raises(EvidenceError, match=told.replace("(", r"\(")):
        load_rows([("rows.toml", text)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[section]]\ntitle = "A"\n[[section.criterion]]\nid = "a"\ntitle = "A"\n', "nothing decides"),
        ('[[section]]\ntitle = "A"\n[[section.criterion]]\nid = "a"\ntitle = "A"\nevidenc = ["b"]\n', "unknown field"),
        (
            '[[section]]\ntitle = "A"\n[[section.criterion]]\nid = "a"\ntitle = "A"\nshare = { of = "x", words = "y" }\n',
            "unknown share",
        ),
    ],
)
def test_modes_that_break_the_format_are_refused(text: str, told: str) -> None:
    with pytest.raises(ModesError, match=told):
        read_sections(text, "modes.toml", "default")


# --- judging ---------------------------------------------------------------------------------------------------------

HERE = Place("app.py", 3, 1, 3, 5)


def route(path: str = "/a", *, does: tuple[str, ...] = (), line: int = 1) -> RouteRecord:
    place = Place("routes.py", line, 1, line, 2)
    guards = (GuardRecord("g", does, "decorator"),) if does else ()
    return RouteRecord(
        methods=("GET",), path=path, kind="http", framework="f", handler="h", place=place, registered=place,
        auth="none", verdict="open", why="", guards=guards,
    )  # fmt: skip


def judged(criterion: Criterion, facts: Facts) -> Assessment:
    return assess([Section(title="S", mode="default", criteria=(criterion,))], facts, Mode.DEFAULT)[0]


def test_a_sign_meets_and_its_place_is_told() -> None:
    one = judged(Criterion(id="a", title="A", evidence=("x",)), Facts(signs=[Sign("x", HERE, "Lib")], kinds={"x": "an x"}))
    assert (one.state, one.reason, one.place) == (State.MET, "An x (Lib)", HERE)


def test_a_library_that_nothing_uses_is_told_and_is_no_evidence() -> None:
    facts = Facts(dependencies=[Dependency("lib", HERE)], kinds={"x": "an x"}, brings={"x": frozenset({"lib"})})
    one = judged(Criterion(id="a", title="A", evidence=("x",), next="Do."), facts)
    assert (one.state, one.reason) == (State.MISSING, "`lib` is declared (app.py:3), but nothing uses it")
    assert one.next == "Do."


def test_what_is_lacking_leaves_partial_and_says_what_to_do() -> None:
    wants = (Want(kinds=("y",), lacks="no y", next="Add y."), Want(kinds=("y",), lacks="never asked", when=("z",)))
    one = judged(Criterion(id="a", title="A", evidence=("x",), wants=wants, next="Do."), Facts(signs=[Sign("x", HERE)]))
    assert (one.state, one.reason, one.next) == (State.PARTIAL, "X; no y", "Add y.")


def test_what_is_wanted_nearby_does_not_count_elsewhere() -> None:
    wants = (Want(kinds=("y",), lacks="no y", near=True),)
    criterion = Criterion(id="a", title="A", evidence=("x",), wants=wants, next="Do.")
    elsewhere = Place("other.py", 1, 1, 1, 2)
    assert judged(criterion, Facts(signs=[Sign("x", HERE), Sign("y", HERE)])).state is State.MET
    assert judged(criterion, Facts(signs=[Sign("x", HERE), Sign("y", elsewhere)])).state is State.PARTIAL


def test_what_does_not_apply_or_cannot_be_seen_is_said() -> None:
    criterion = Criterion(id="a", title="A", applies=("z",), otherwise="no z", evidence=("x",), not_assessed="elsewhere")
    assert judged(criterion, Facts()).state is State.NOT_APPLICABLE
    unseen = judged(criterion, Facts(signs=[Sign("z", HERE)]))
    assert (unseen.state, unseen.reason, unseen.place) == (State.NOT_ASSESSED, "Elsewhere", None)


def test_weaker_signs_leave_partial_only_where_there_is_nothing_better() -> None:
    criterion = Criterion(id="a", title="A", evidence=("x",), spoils=(Spoil(kinds=("y",), why="only y", alone=True),))
    weak, strong = Sign("y", HERE), Sign("x", HERE)
    assert judged(criterion, Facts(signs=[weak])).state is State.PARTIAL
    assert judged(criterion, Facts(signs=[weak, strong])).state is State.MET


def test_coverage_counts_routes_and_names_where_to_begin() -> None:
    criterion = Criterion(
        id="a", title="A", evidence=("x",), share=Share(of="limited", words="are limited", everywhere=("all",)), next="Limit."
    )
    some = Facts(routes=[route(does=("limits",)), route("/b", line=7)])
    one = judged(criterion, some)
    assert (one.state, one.covered, one.total) == (State.PARTIAL, 1, 2)
    assert one.reason == "1 of 2 routes are limited"
    assert one.next == "Limit. Begin with GET /b (routes.py:7)."
    assert judged(criterion, Facts(routes=some.routes, signs=[Sign("all", HERE), Sign("x", HERE)])).state is State.MET
    assert judged(criterion, Facts(routes=[route()])).state is State.MISSING


# --- from code to states ---------------------------------------------------------------------------------------------


def card_of(folder: Path, mode: Mode = Mode.ELITE) -> dict[str, Assessment]:
    config = load_config(folder, {"cache": False, "semgrep": False, "workers": 1, "mode": str(mode)}, {}, isolated=True)
    return {one.id: one for one in assessed(scan(config, [folder]), mode)}


LIMITED = """
from fastapi import FastAPI, Request
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address)
app = FastAPI()

@app.get("/a")
@limiter.limit("5/minute")
def a(request: Request) -> str:
    return "a"

@app.get("/b")
def b(request: Request) -> str:
    return "b"
"""


def test_limits_are_counted_by_route(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(LIMITED)
    (tmp_path / "requirements.txt").write_text("fastapi\nslowapi\nprometheus-client==0.2\n")
    card = card_of(tmp_path)
    assert (card["must-05"].state, card["must-05"].covered, card["must-05"].total) == (State.PARTIAL, 1, 2)
    assert card["elite-metrics"].reason == "`prometheus-client` is declared (requirements.txt:3), but nothing uses it"
    assert card["must-09"].state is State.MISSING


@pytest.mark.parametrize(
    ("body", "state"), [("return 'ok'", State.PARTIAL), ("db.execute('SELECT 1')\n    return 'ok'", State.MET)]
)
def test_readiness_must_touch_what_the_service_needs(tmp_path: Path, body: str, state: State) -> None:
    text = f"""
from fastapi import FastAPI, Depends
from sqlalchemy import create_engine
engine = create_engine("sqlite://")
def get_db():
    return engine.connect()
app = FastAPI()
@app.get("/readyz")
def ready(db=Depends(get_db)) -> str:
    {body}
"""
    (tmp_path / "main.py").write_text(text)
    assert card_of(tmp_path)["must-09"].state is state


def test_an_import_alone_is_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import sentry_sdk\nfrom prometheus_client import Counter\nX: Counter\n")
    (tmp_path / "app.js").write_text("const Sentry = require('@sentry/node')\nimport client from 'prom-client'\n")
    card = card_of(tmp_path)
    assert card["elite-error-tracking"].state is State.MISSING
    assert card["elite-metrics"].state is State.MISSING
    (tmp_path / "app.js").write_text("const Sentry = require('@sentry/node')\nSentry.init({ dsn: process.env.DSN })\n")
    assert card_of(tmp_path)["elite-error-tracking"].state is State.MET


def test_a_module_that_is_handed_over_is_used(tmp_path: Path) -> None:
    """`const swagger = require(…)` gives it a name only; `register(require(…))` puts it to work."""
    head = "const fastify = require('fastify')()\nconst swagger = require('@fastify/swagger')\nfastify.get('/a', async () => 1)\n"
    (tmp_path / "app.js").write_text(head)
    assert card_of(tmp_path)["must-01"].state is State.MISSING
    (tmp_path / "app.js").write_text(head + "fastify.register(require('@fastify/swagger'))\n")
    assert card_of(tmp_path)["must-01"].state is not State.MISSING


AUTOLOADED = """
import fastifyRateLimit from '@fastify/rate-limit'
export const autoConfig = (fastify) => { return { max: 10, redis: fastify.redis, %s } }
export default fastifyRateLimit
"""


@pytest.mark.parametrize(("more", "limited"), [("timeWindow: 60", 2), ("global: false", 1)])
def test_plugins_of_a_folder_are_given_their_own_configuration(tmp_path: Path, more: str, limited: int) -> None:
    (tmp_path / "app.js").write_text(
        "const fastify = require('fastify')()\nconst path = require('path')\n"
        "fastify.register(require('@fastify/autoload'), { dir: path.join(__dirname, 'plugins') })\n"
        "fastify.get('/a', { config: { rateLimit: { max: 3 } } }, async () => 1)\nfastify.get('/b', async () => 1)\n"
    )
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "limits.js").write_text(AUTOLOADED % more)
    card = card_of(tmp_path)
    assert (card["must-05"].covered, card["must-05"].total) == (limited, 2)
    assert "shared store" not in card["advanced-rate-limiting"].reason


def test_a_limit_holds_for_its_scope_alone(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text(
        "const fastify = require('fastify')()\nconst limit = require('@fastify/rate-limit')\n"
        "fastify.register(async (scope) => {\n  await scope.register(limit, { max: 5 })\n  scope.get('/a', async () => 1)\n})\n"
        "fastify.get('/b', async () => 1)\n"
    )
    card = card_of(tmp_path)
    assert (card["must-05"].covered, card["must-05"].total) == (1, 2)


@pytest.mark.parametrize(
    ("value", "state"), [("'public, max-age=600'", State.MET), ("'no-store'", State.MISSING), ("maxAge(request)", State.MET)]
)
def test_forbidding_caches_is_no_strategy(tmp_path: Path, value: str, state: State) -> None:
    head = "const express = require('express')\nconst app = express()\n"
    (tmp_path / "app.js").write_text(f"{head}app.get('/a', (req, res) => res.set('Cache-Control', {value}).json(1))\n")
    assert card_of(tmp_path)["must-06"].state is state


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/experimental/live-sync", State.MISSING),
        ("/livez", State.MET),
        ("/api/v1/ping", State.MET),
        ("/orders/status", State.MISSING),
    ],
)
def test_health_is_a_whole_word_of_the_path(tmp_path: Path, path: str, state: State) -> None:
    head = "const express = require('express')\nconst { Pool } = require('pg')\nconst app = express()\nconst pool = new Pool()\n"
    (tmp_path / "app.js").write_text(f"{head}app.get('{path}', async (req, res) => res.json(await pool.query('SELECT 1')))\n")
    assert card_of(tmp_path)["must-09"].state is state


# --- the command -----------------------------------------------------------------------------------------------------


def run_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(["criteria", "-q", "--no-cache", "--no-semgrep", "--isolated", "--workers", "1", *arguments])
    return code, capsys.readouterr().out


def test_every_format_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.py").write_text(LIMITED)
    files = {ending: tmp_path.parent / f"card{ending}" for ending in (".json", ".md", ".sarif")}
    code, text = run_command([str(tmp_path), *(word for file in files.values() for word in ("-o", str(file)))], capsys)
    assert code == 0
    assert "partial         Rate limiting  must-05" in text
    assert "1 of 2 routes are limited" in text
    assert "elite" not in text
    data = json.loads(files[".json"].read_text())
    assert data["schema"] == "criteria-v1"
    states = {one["id"]: one["state"] for one in data["criteria"]}
    assert (states["must-05"], states["must-08"], len(states)) == ("partial", "missing", 19)
    limits = next(one for one in data["criteria"] if one["id"] == "must-05")
    assert (limits["covered"], limits["total"], limits["evidence"][0]["file"]) == (1, 2, "main.py")
    assert "| Rate limiting | partial |" in files[".md"].read_text()
    assert "| Audit logging | **missing** |" in files[".md"].read_text()


def test_sarif_tells_each_missing_criterion_once_as_a_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.py").write_text(LIMITED)
    code, text = run_command([str(tmp_path), "--mode", "elite", "--format", "sarif"], capsys)
    log = json.loads(text)
    jsonschema.validate(log, json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.schema.json").read_text()))
    run_ = log["runs"][0]
    rules = [one["ruleId"] for one in run_["results"]]
    assert code == 0
    assert run_["automationDetails"]["id"] == "backend-audit/criteria/"
    assert {"criterion-must-08", "criterion-advanced-webhooks"} <= set(rules)
    assert len(rules) == len(set(rules)), "a criterion is told twice"
    assert "criterion-must-05" not in rules, "partial is no result"
    assert {one["level"] for one in run_["results"]} == {"note"}
    assert not any("security" in one["properties"]["tags"] for one in run_["tool"]["driver"]["rules"])
    assert {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run_["results"]} == {"main.py"}


def test_what_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.py").write_text("def broken(:\n")
    assert run_command([str(tmp_path)], capsys)[0] == 3
    (tmp_path / "main.py").unlink()
    assert run_command([str(tmp_path)], capsys)[0] == 3


# --- whole applications, of both languages ---------------------------------------------------------------------------

APPS = Path(__file__).parent / "data" / "criteria"
EXPECTED = tomllib.loads((APPS / "expected.toml").read_text())


@pytest.mark.parametrize("app", EXPECTED)
def test_states_of_whole_applications(app: str) -> None:
    wanted = {name: state for state, names in EXPECTED[app].items() for name in names.split()}
    found = {name: str(one.state) for name, one in card_of(APPS / app).items()}
    assert found == wanted


def test_every_criterion_is_seen_both_ways_in_both_languages() -> None:
    ids = {one.id for section in sections_of(rules_root()) for one in section.criteria}
    for language in ("python", "node"):
        states = {name: EXPECTED[f"{language}_{name}"] for name in ("all", "some", "none")}
        met = {one for found in states.values() for one in found.get("met", "").split()}
        unmet = ("partial", "missing", "not-assessed")  # what does not apply shows nothing
        other = {one for found in states.values() for state in unmet for one in found.get(state, "").split()}
        assert met == ids
        assert other == ids


INJECTED = """
from flask import Flask, request
import sqlite3
app = Flask(__name__)
@app.get("/find")
def find():
    rows = sqlite3.connect("a.db").execute(f"SELECT name FROM a WHERE id = {request.args['id']}").fetchall()
    return "<b>" + request.args["id"] + "</b>" + str(len(rows))
"""


def test_findings_speak_against_a_criterion(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(INJECTED)
    card = card_of(tmp_path)
    assert card["elite-sql-injection"].state is State.PARTIAL
    assert "`sql-built-from-strings`" in card["elite-sql-injection"].reason
    assert card["elite-xss"].state is State.PARTIAL
    assert "app.py:7" in card["elite-sql-injection"].next
    ignored = INJECTED.replace(".fetchall()", ".fetchall()  # backend-audit: ignore[sql-built-from-strings] ids are ours")
    (tmp_path / "app.py").write_text(ignored)
    assert card_of(tmp_path)["elite-sql-injection"].state is State.MET


KEYED = "from fastapi.security import APIKeyHeader\nkey = APIKeyHeader(name='X-Key')\n"
VIEW = "def view(id: int):\n    return 1"
RETRIES = {
    "grows.py": (
        (
            "import time, httpx\nfor n in range(3):\n    try:\n        httpx.get('https://a', timeout=1)\n"
            "    except httpx.HTTPError:\n        time.sleep(2 ** n)\n"
        ),
        "retries (a loop that waits); no jitter: all clients come back at once",
    ),
    "waits.js": (
        (
            "async function f() {\n  while (true) {\n    try {\n      return await fetch('https://a')\n"
            "    } catch (error) {\n      await sleep(1000)\n    }\n  }\n}\n"
        ),
        "retries (a loop that waits); the delay does not grow; no jitter: all clients come back at once",
    ),
    "promises.js": (
        (
            "const DELAYS = [0, 3000, 6000]\nasync function send(body) {\n  for (let n = 0; n < DELAYS.length; n++) {\n"
            "    await new Promise((done) => setTimeout(done, DELAYS[n]))\n    try {\n      await fetch('https://a', { body })\n"
            "      return\n    } catch (error) {\n      console.error(error)\n    }\n  }\n}\n"
        ),
        "retries (a loop that waits); no jitter: all clients come back at once",
    ),
    "works.js": (
        (
            "async function work() {\n  for (;;) {\n    try {\n      await fetch('https://a')\n    } catch (error) {\n"
            "      console.error(error)\n    }\n    await new Promise((done) => setTimeout(done, 1000))\n  }\n}\n"
        ),
        "no sign of retries",
    ),
    "polls.py": (
        "import time, httpx\nwhile True:\n    httpx.get('https://a', timeout=1)\n    time.sleep(60)\n",
        "no sign of retries",
    ),
}


@pytest.mark.parametrize("name", RETRIES)
def test_loops_that_try_again_are_retries(tmp_path: Path, name: str) -> None:
    text, told = RETRIES[name]
    (tmp_path / name).write_text(text)
    assert card_of(tmp_path)["elite-retry"].reason.lower() == told


@pytest.mark.parametrize(
    ("name", "call", "state"),
    [
        ("a.py", 'app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"])', State.MET),
        ("a.py", 'app.add_middleware(CORSMiddleware, allow_origins=["*"])', State.PARTIAL),
        ("a.js", "app.use(cors({ origin: ['https://a.example'] }))", State.MET),
        ("a.js", "app.use(cors({ origin: '*' }))", State.PARTIAL),
        ("a.js", "app.use(cors())", State.PARTIAL),
        ("a.js", "app.use(cors({ credentials: true }))", State.PARTIAL),
        ("a.js", "app.use(cors(require('./policy').options()))", State.MET),
    ],
)
def test_any_origin_is_half_a_policy(tmp_path: Path, name: str, call: str, state: State) -> None:
    head = {
        "a.py": "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\n",
        "a.js": "const express = require('express')\nconst cors = require('cors')\nconst app = express()\n",
    }
    (tmp_path / name).write_text(f"{head[name]}{call}\n")
    assert card_of(tmp_path)["elite-cors"].state is state


def test_what_browsers_run_is_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "app.js").write_text("const Sentry = require('@sentry/node')\nSentry.init({})\n")
    (tmp_path / "server.js").write_text("require('express')()\n")
    assert card_of(tmp_path)["elite-error-tracking"].state is State.MISSING


def test_indexes_in_migrations_count(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import sqlite3\nsqlite3.connect('a.db')\n")
    assert card_of(tmp_path)["elite-query-optimization"].state is State.MISSING
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001.sql").write_text("CREATE TABLE a (id int);\nCREATE INDEX by_id ON a (id);\n")
    one = card_of(tmp_path)["elite-query-optimization"]
    assert one.state is State.PARTIAL
    assert [(sign.place.path, sign.place.line) for sign in one.evidence] == [("migrations/001.sql", 2)]


@pytest.mark.parametrize(
    ("signature", "state"), [("(err, req, res, next)", State.MET), ("(options, req, res, next)", State.MISSING)]
)
def test_named_error_handlers_of_express_count(tmp_path: Path, signature: str, state: State) -> None:
    (tmp_path / "app.js").write_text("const express = require('express')\nexpress().use(require('./error').handler)\n")
    (tmp_path / "error.js").write_text(
        f"const handler = {signature} => {{ res.status(500).send({{}}) }}\nmodule.exports = {{ handler }}\n"
    )
    assert card_of(tmp_path)["must-02"].state is state


REGISTERED = {
    "handed over": ("a.js", "const { errorHandler } = require('./error')\napp.use(errorHandler)", State.MET),
    "handed over by another name": ("a.js", "import { errorHandler as failed } from './error'\napp.use(failed)", State.MET),
    "imported alone": ("a.js", "const { errorHandler } = require('./error')", State.MISSING),
    "called": ("a.py", "from errors import register_error_handlers\nregister_error_handlers(app)", State.MET),
    "imported, not called": ("a.py", "from errors import register_error_handlers", State.MISSING),
}


def test_what_tests_set_up_is_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    for folder, state in (("test/db", State.MISSING), ("db", State.MET)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "init.sql").write_text("CREATE TABLE audit_log (id int);\n")
        assert card_of(tmp_path)["must-08"].state is state


@pytest.mark.parametrize(
    ("criterion", "name", "text", "state"),
    [
        ("must-01", "public/swagger/index.yml", "swagger: '2.0'\npaths: {}\n", State.PARTIAL),
        ("must-01", "public/pages/index.yml", "swagger: '2.0'\npaths: {}\n", State.MISSING),
        ("elite-load-balancing", "deploy/nginx/nginx.conf", "upstream shop {\n  server a;\n  server b;\n}\n", State.PARTIAL),
        ("elite-load-balancing", "deploy/nginx/nginx.conf", "upstream shop {\n  server a;\n}\n", State.NOT_ASSESSED),
        ("elite-load-balancing", ".devcontainer/nginx/nginx.conf", "upstream shop {\n  server a;\n}\n", State.NOT_ASSESSED),
        ("advanced-multi-tenancy", "db/migrations/1.js", "knex.schema.table('a', (t) => t.uuid('tenantId'))\n", State.PARTIAL),
        ("advanced-multi-tenancy", "db/migrations/1.js", "knex.schema.table('a', (t) => t.uuid('formId'))\n", State.MISSING),
        ("advanced-webhooks", "client.js", "async function run() { await webhookClient.post('/built', {}) }\n", State.PARTIAL),
        ("advanced-webhooks", "client.js", "async function run() { await catalogClient.post('/built', {}) }\n", State.MISSING),
    ],
)
def test_files_beside_the_application_count_by_where_they_stand(
    tmp_path: Path, criterion: str, name: str, text: str, state: State
) -> None:
    (tmp_path / "app.js").write_text("const express = require('express')\nexpress().get('/a', (req, res) => res.json(1))\n")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    assert card_of(tmp_path)[criterion].state is state


@pytest.mark.parametrize("what", REGISTERED)
def test_a_handler_that_nothing_registers_answers_nothing(tmp_path: Path, what: str) -> None:
    name, code, state = REGISTERED[what]
    head = {
        "a.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "a.js": "const express = require('express')\nconst app = express()\napp.get('/', (req, res) => res.json({}))\n",
    }
    (tmp_path / name).write_text(f"{head[name]}{code}\n")
    there = {
        "a.js": (
            "error.js",
            "const errorHandler = (err, req, res, next) => {\n  res.status(500).json({})\n}\nmodule.exports = { errorHandler }\n",
        ),
        "a.py": (
            "errors.py",
            (
                "from fastapi.responses import JSONResponse\n\n\ndef register_error_handlers(app):\n"
                "    @app.exception_handler(Exception)\n"
                "    async def failed(request, error):\n        return JSONResponse({}, 500)\n"
            ),
        ),
    }
    file, text = there[name]
    (tmp_path / file).write_text(text)
    assert card_of(tmp_path)["must-02"].state is state


SHOWN = {
    "a server-sent answer": (
        "elite-sse",
        "a.js",
        "app.get('/a', (req, res) => { res.setHeader('Content-Type', 'text/event-stream'); res.write('data: 1') })",
        State.MET,
    ),
    "another answer": (
        "elite-sse",
        "a.js",
        "app.get('/a', (req, res) => { res.setHeader('Content-Type', 'text/plain'); res.write('1') })",
        State.MISSING,
    ),
    "errors answered where they are caught": (
        "must-02",
        "a.js",
        "app.get('/a', (req, res) => { try { work() } catch (error) { res.status(500).json({ error: 'failed' }) } })",
        State.PARTIAL,
    ),
    "errors caught and forgotten": (
        "must-02",
        "a.js",
        "app.get('/a', (req, res) => { try { work() } catch (error) { res.status(200).json({}) } })",
        State.MISSING,
    ),
    "a health route by its tag": ("must-09", "a.py", "@app.get('/', tags=['Health'])\ndef root():\n    return 1", State.PARTIAL),
    "a route of another tag": ("must-09", "a.py", "@app.get('/', tags=['pages'])\ndef root():\n    return 1", State.MISSING),
    "workers of a queue": ("elite-bulkhead", "a.js", "new (require('bullmq').Worker)('a', run, { concurrency: 4 })", State.MET),
    "a worker as it comes": ("elite-bulkhead", "a.js", "new (require('bullmq').Worker)('a', run, {})", State.MISSING),
    "keys that are made anew": ("elite-key-rotation", "a.py", f"{KEYED}@app.post('/keys/{{id}}/rotate')\n{VIEW}", State.MET),
    "keys that stay": ("elite-key-rotation", "a.py", f"{KEYED}@app.post('/keys/{{id}}')\n{VIEW}", State.MISSING),
    "a mapper's own pool": ("elite-pooling", "a.js", "new (require('@prisma/client').PrismaClient)()", State.PARTIAL),
    "a client of another library": (
        "elite-pooling",
        "a.js",
        "new (require('@prisma/else').PrismaClient)()",
        State.NOT_APPLICABLE,
    ),
    "documentation that is switched off": ("must-01", "b.py", "FastAPI(docs_url=None, redoc_url=None)", State.PARTIAL),
    "pages switched off": ("must-01", "a.py", "from ninja import NinjaAPI\napi = NinjaAPI(docs_url=None)", State.PARTIAL),
    "documentation at an address that the settings say": (
        "must-01",
        "b.py",
        "FastAPI(openapi_url=f'{PREFIX}/openapi.json', docs_url=PAGES, redoc_url=PAGES)",
        State.MET,
    ),
    "documentation at another place": ("must-01", "b.py", "FastAPI(docs_url='/api/docs', redoc_url=None)", State.MET),
    "documentation behind a login": (
        "must-01",
        "b.py",
        "FastAPI(docs_url=None, redoc_url=None)\n\n@app.get('/docs')\ndef docs() -> str:\n    return get_swagger_ui_html()",
        State.MET,
    ),
    "a description that is switched off": ("must-01", "b.py", "FastAPI(openapi_url=None)", State.PARTIAL),
    "a page that mails": (
        "advanced-messages",
        "a.tsx",
        "import { Resend } from 'resend'\nconst page = <p/>\nexport const mails = new Resend(process.env.RESEND_KEY)",
        State.MET,
    ),
    "a page in the browser": (
        "advanced-messages",
        "a.tsx",
        "import { Resend } from 'resend'\nconst page = <p/>\nexport const mails = new Resend(process.env.NEXT_PUBLIC_KEY)",
        State.MISSING,
    ),
    "an agent for webhooks": ("advanced-webhooks", "a.js", "class WebhookAgent { send() {} }", State.PARTIAL),
    "an agent for others": ("advanced-webhooks", "a.js", "class TravelAgent { send() {} }", State.MISSING),
    "jobs of a scheduler": (
        "advanced-background-jobs",
        "a.js",
        "require('node-schedule').scheduleJob('0 1 * * *', () => clean())",
        State.PARTIAL,
    ),
    "a scheduler of a queue": (
        "advanced-cron",
        "a.py",
        "from taskiq import TaskiqScheduler\nscheduler = TaskiqScheduler(broker, sources=[])",
        State.MET,
    ),
    "features by plan": ("advanced-feature-flags", "a.js", "app.use(manager.checkFeatureByPlan('reports'))", State.MET),
    "tokens of an identity provider": (
        "default-jwt",
        "a.py",
        (
            "import jwt\nkeys = jwt.PyJWKClient('https://id.example/keys')\ndef caller(sent):\n"
            "    return jwt.decode(sent, keys.get_signing_key_from_jwt(sent).key, algorithms=['RS256'])"
        ),
        State.MET,
    ),
    "a server for sockets": (
        "elite-websockets",
        "a.js",
        "const { WebSocketServer } = require('ws')\nnew WebSocketServer({ port: 1 })",
        State.MET,
    ),
    "a client of another's sockets": (
        "elite-websockets",
        "a.js",
        "const WebSocket = require('ws')\nnew WebSocket('wss://feed.example')",
        State.MISSING,
    ),
    "sizes of a pool": (
        "must-07",
        "a.js",
        "const knex = require('knex')\nconnect({ pool: { min: 0, max: 9 } })\nknex('a')",
        State.PARTIAL,
    ),
    "metrics written by hand": (
        "elite-metrics",
        "a.js",
        "app.get('/metrics', (req, res) => res.send(`# TYPE jobs gauge\\njobs ${count()}`))",
        State.PARTIAL,
    ),
    "figures written by hand": (
        "elite-metrics",
        "a.js",
        "app.get('/figures', (req, res) => res.send(`jobs: ${count()}`))",
        State.MISSING,
    ),
    "metrics of a plugin's default": (
        "elite-metrics",
        "a.js",
        "import metrics from 'fastify-metrics'\napp.register(metrics.default, { endpoint: '/metrics' })",
        State.PARTIAL,
    ),
    "traces by options made before": (
        "elite-tracing",
        "a.js",
        "const Sentry = require('@sentry/node')\nconst options = { tracesSampleRate: 0.1 }\nSentry.init({ ...options })",
        State.MET,
    ),
    "no traces by options made before": (
        "elite-tracing",
        "a.js",
        "const Sentry = require('@sentry/node')\nconst options = { tracesSampleRate: 0 }\nSentry.init({ ...options })",
        State.MISSING,
    ),
    "a plugin for any origin": ("elite-cors", "a.js", "app.register(require('@fastify/cors'))", State.PARTIAL),
    "a plugin for one origin": (
        "elite-cors",
        "a.js",
        "app.register(require('@fastify/cors'), { origin: ['https://a.example'] })",
        State.MET,
    ),
    "webhooks among other notices": ("advanced-webhooks", "a.js", "class WebhookProvider { send() {} }", State.PARTIAL),
    "teams": (
        "advanced-multi-tenancy",
        "a.js",
        (
            "const { Schema, model } = require('mongoose')\nconst Page = model('Page', new Schema({ teamId: String }))\n"
            "app.get('/', async (req, res) => res.json(await Page.find({ teamId: req.user.teamId })))"
        ),
        State.MET,
    ),
    "a queue of its own": ("elite-brokers", "a.js", "class DBQueueWorker { run() {} }", State.PARTIAL),
    "a line of people": ("elite-brokers", "a.js", "class WaitingLine { run() {} }", State.MISSING),
    "a server of health beside": (
        "must-09",
        "a.js",
        (
            "const http = require('http')\nconst pg = require('pg')\nconst pool = new pg.Pool()\n"
            "const server = http.createServer(async (req, res) => {\n  const path = req.url\n"
            "  if (path !== '/livez' && path !== '/readyz') {\n    res.writeHead(404).end()\n    return\n  }\n"
            "  await pool.query('SELECT 1')\n  res.end('OK')\n})\nserver.listen(1)"
        ),
        State.MET,
    ),
    "an index for texts": (
        "advanced-search",
        "a.js",
        "app.get('/', async (req, res) => res.json(await Page.find({ $text: { $search: String(req.query.q) } })))",
        State.MET,
    ),
    "mail by the cloud": ("advanced-messages", "a.py", "import boto3\nmails = boto3.client('ses')", State.MET),
    "files in the cloud": ("advanced-file-uploads", "a.py", "import boto3\nfiles = boto3.client('s3')", State.PARTIAL),
    "no files in the cloud": ("advanced-file-uploads", "a.py", "import boto3\nmails = boto3.client('ses')", State.MISSING),
    "a queue of the cloud": (
        "elite-brokers",
        "a.js",
        "app.post('/', (req, res) => queue.sendMessage({ QueueUrl: url, MessageBody: 'a' }))",
        State.MET,
    ),
    "a message to a friend": (
        "elite-brokers",
        "a.js",
        "app.post('/', (req, res) => friend.sendMessage({ text: 'a' }))",
        State.MISSING,
    ),
    "an identity provider by its address": (
        "advanced-oauth",
        "a.py",
        "SIGN_IN = 'https://accounts.google.com/o/oauth2/v2/auth'",
        State.MET,
    ),
    "another address": ("advanced-oauth", "a.py", "MAPS = 'https://maps.google.com/o/oauth2'", State.MISSING),
    "a description that has drifted": (
        "must-01",
        "a.js",
        (
            "const docs = require('swagger-ui-express')\napp.use('/docs', docs.serve)\n"
            "app.get('/a', (req, res) => res.json([]))\napp.get('/b', (req, res) => res.json([]))"
        ),
        State.PARTIAL,
    ),
    "a policy of the library": ("elite-csp", "a.js", "app.use(require('helmet')())", State.MET),
    "a policy switched off": ("elite-csp", "a.js", "app.use(require('helmet')({ contentSecurityPolicy: false }))", State.MISSING),
    "a policy switched off for a plugin": (
        "elite-csp",
        "a.js",
        "app.register(require('@fastify/helmet'), { contentSecurityPolicy: false })",
        State.MISSING,
    ),
    "a policy of a plugin": ("elite-csp", "a.js", "app.register(require('@fastify/helmet'), { hsts: true })", State.MET),
    "a client in an exported object": (
        "must-06",
        "a.js",
        (
            "const redis = require('./redis')\napp.get('/a', async (req, res) => {\n  res.json(await redis.client.get('a'))\n"
            "  redis.client.set('a', 1, 'EX', 60)\n})"
        ),
        State.MET,
    ),
    "visits that are counted": (
        "advanced-analytics",
        "a.js",
        "app.get('/:id', (req, res) => visits.add(req.params.id))",
        State.MET,
    ),
    "visits that are read": (
        "advanced-analytics",
        "a.js",
        "app.get('/:id', (req, res) => visits.get(req.params.id))",
        State.MISSING,
    ),
    "a queue with few workers": ("elite-bulkhead", "a.js", "queue.process(6, work)", State.MET),
    "a queue as it comes": ("elite-bulkhead", "a.js", "queue.process(work)", State.MISSING),
    "banned addresses": (
        "elite-ddos",
        "a.js",
        "app.use(async (req) => prisma.bans.findFirst({ where: { ip: req.ip } }))\napp.use(require('express-rate-limit')())",
        State.MET,
    ),
    "banned users": (
        "elite-ddos",
        "a.js",
        "app.use(async (req) => prisma.bans.findFirst({ where: { user: req.user } }))\napp.use(require('express-rate-limit')())",
        State.PARTIAL,
    ),
    "answers that the process keeps": (
        "must-06",
        "a.py",
        "cached_stats = {}\n@app.get('/')\ndef stats(name: str):\n    cached_stats[name] = 1\n    return cached_stats",
        State.PARTIAL,
    ),
    "log-ins that the process keeps": (
        "must-06",
        "a.py",
        "login_cache = {}\n@app.get('/')\ndef stats(name: str):\n    login_cache[name] = 1\n    return 1",
        State.MISSING,
    ),
    "a cache of its own": ("must-06", "a.js", "app.get('/', (req, res) => res.json(pageCache.get(req.url)))", State.PARTIAL),
    "states of log-ins": ("must-06", "a.js", "app.get('/', (req, res) => res.json(stateCache.get(req.url)))", State.MISSING),
    "a description in code": ("must-01", "a.js", "module.exports = { openapi: '3.0.0', paths: {} }", State.PARTIAL),
    "a version of another thing": ("must-01", "a.js", "module.exports = { database: '3.0.0', paths: {} }", State.MISSING),
    "a header for any origin": (
        "elite-cors",
        "a.py",
        "def headers(response):\n    response['Access-Control-Allow-Origin'] = '*'",
        State.PARTIAL,
    ),
    "a header for one origin": (
        "elite-cors",
        "a.py",
        "def headers(response):\n    response['Access-Control-Allow-Origin'] = 'https://a.example'",
        State.MET,
    ),
    "a loop that waits": (
        "advanced-cron",
        "a.py",
        "import time\ndef work():\n    while True:\n        clean()\n        time.sleep(60)",
        State.PARTIAL,
    ),
    "a loop that ends": (
        "advanced-cron",
        "a.py",
        "import time\ndef work():\n    while busy():\n        clean()\n        time.sleep(60)",
        State.MISSING,
    ),
    "a full-text index": (
        "advanced-search",
        "a.py",
        "import sqlite3\ndef find(q):\n    return sqlite3.connect('a').execute('SELECT * FROM docs WHERE docs MATCH ?', (q,))",
        State.MET,
    ),
    "a text compared": (
        "advanced-search",
        "a.py",
        "import sqlite3\ndef find(q):\n    return sqlite3.connect('a').execute('SELECT * FROM docs WHERE name LIKE ?', (q,))",
        State.MISSING,
    ),
    "a plan": (
        "elite-query-optimization",
        "a.py",
        "import sqlite3\nrows = sqlite3.connect('a')\ndef plan(q):\n    return q.explain(analyze=True)",
        State.PARTIAL,
    ),
    "an explanation": (
        "elite-query-optimization",
        "a.py",
        "import sqlite3\nrows = sqlite3.connect('a')\ndef plan(schedule):\n    return schedule.explain()",
        State.MISSING,
    ),
    "tokens for others": (
        "default-jwt",
        "a.py",
        "import jwt\ndef token(key):\n    return jwt.encode({'exp': 1}, key, 'RS256')",
        State.PARTIAL,
    ),
    "tokens that are asked for": (
        "default-jwt",
        "a.py",
        (
            "import jwt\ndef token(key):\n    return jwt.encode({'exp': 1}, key)\ndef caller(key, sent):\n"
            "    return jwt.decode(sent, key)"
        ),
        State.MET,
    ),
    "tokens signed by hand": (
        "default-jwt",
        "a.js",
        (
            "const crypto = require('crypto')\nfunction signToken(body) {\n"
            "  const head = Buffer.from(body).toString('base64url')\n"
            "  return head + crypto.createHmac('sha256', process.env.KEY).update(head).digest('base64url')\n}\n"
            "app.post('/login', (req, res) => res.json({ token: signToken(JSON.stringify({ exp: 1 })) }))"
        ),
        State.MET,
    ),
    "a webhook signed by hand": (
        "default-jwt",
        "a.js",
        (
            "const crypto = require('crypto')\nfunction notify(body) {\n"
            "  return crypto.createHmac('sha256', process.env.KEY).update(body).digest('hex')\n}\n"
            "app.post('/hook', (req, res) => res.json({ by: notify('a') }))"
        ),
        State.MISSING,
    ),
    "features of another kind": ("advanced-feature-flags", "a.js", "app.use(manager.drawFeatures('reports'))", State.MISSING),
}


@pytest.mark.parametrize("what", SHOWN)
def test_what_shows_it_and_what_does_not(tmp_path: Path, what: str) -> None:
    criterion, name, code, state = SHOWN[what]
    head = {
        "a.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "a.js": "const express = require('express')\nconst app = express()\n",
        "a.tsx": "const express = require('express')\nconst app = express()\n",
        "b.py": "from fastapi import FastAPI\nfrom fastapi.openapi.docs import get_swagger_ui_html\napp = ",
    }
    (tmp_path / name).write_text(f"{head[name]}{code}\n")
    if what == "a description that has drifted":
        (tmp_path / "openapi.yaml").write_text("openapi: 3.0.0\npaths:\n  /a: {get: {}}\n  /b: {get: {}}\n  /c: {get: {}}\n")
    (tmp_path / "redis.js").write_text(
        "const Redis = require('ioredis')\nlet client\nif (process.env.R) {\n  client = new Redis({})\n}\n"
        "module.exports = { client }\n"
    )
    assert card_of(tmp_path)[criterion].state is state


def test_states_that_are_listed_are_no_fields(tmp_path: Path) -> None:
    text = "import sqlite3\nfrom enum import StrEnum\nsqlite3.connect('a.db')\nclass Change({base}):\n    DELETED = 'deleted'\n"
    (tmp_path / "app.py").write_text(text.format(base="StrEnum"))
    assert card_of(tmp_path)["advanced-soft-deletes"].state is State.MISSING
    (tmp_path / "app.py").write_text(text.format(base="Model"))
    assert card_of(tmp_path)["advanced-soft-deletes"].state is State.PARTIAL


def test_what_a_function_of_the_project_gives_is_known(tmp_path: Path) -> None:
    (tmp_path / "client.js").write_text(
        "const { createClient } = require('redis')\nexport const connect = () => createClient({ url: 'redis://a' })\n"
    )
    (tmp_path / "news.js").write_text(
        "import { connect } from './client'\nconst express = require('express')\nexpress()\n"
        "export class News {\n  constructor() {\n    this.client = connect()\n  }\n"
        "  async tell(text) {\n    await this.client.publish('news', text)\n  }\n}\n"
    )
    assert card_of(tmp_path)["elite-pub-sub"].state is State.MET


def test_what_sends_webhooks_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "sender.py").write_text(
        "import hmac\nimport httpx\nfrom tenacity import retry\n\n@retry\ndef send_webhook(url, body, key):\n"
        "    httpx.post(url, content=body, headers={'X-Signature': hmac.new(key, body, 'sha256').hexdigest()}, timeout=3)\n"
    )
    (tmp_path / "app.py").write_text("from sender import send_webhook\nsend_webhook('https://a', b'', b'')\n")
    assert card_of(tmp_path)["advanced-webhooks"].state is State.MET


PRINTING = """
import logging
from fastapi import FastAPI
import sqlite3
logging.getLogger(__name__)
app = FastAPI()

@app.get("/readyz")
def ready():
    return {"ready": True}

@app.get("/orders")
def orders():
    return sqlite3.connect("a.db").execute("SELECT id FROM orders LIMIT 10").fetchall()
"""


def test_criteria_look_for_practices_in_any_mode(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.py").write_text(PRINTING)
    told = {}
    for mode in ("default", "elite"):
        run(["criteria", str(tmp_path), "--mode", mode, "--format", "json", "--no-semgrep", "--isolated", "-q"])
        rows = json.loads(capsys.readouterr().out)["criteria"]
        told[mode] = next(one["reason"] for one in rows if one["id"] == "must-09")
    assert "`readiness-without-dependencies`" in told["default"]
    assert told["default"] == told["elite"]


# --- the OWASP Top 10 ------------------------------------------------------------------------------------------------


def test_each_rule_has_its_category_and_every_weakness_one() -> None:
    top = top10_of(rules_root())
    assert [one.id for one in top.categories] == [f"A{number:02}" for number in range(1, 11)]
    listed = [number for one in top.categories for number in one.cwe]
    assert len(listed) == len(set(listed)), "counted in one category each"
    home = {card.id: top.of(card.cwe) for card in load().cards.values()}
    known = {"sql-built-from-strings": "A03", "route-without-auth": "A07", "server-side-request-forgery": "A10", "n-plus-one": ""}
    assert {rule: home[rule] for rule in known} == known
    assert home["nosql-injection"] == "A03", "a kind of what OWASP lists"


@pytest.mark.parametrize("text", ["[kinds-of]\n1 = 2\n", "[[category]]\nid = 1\n", ""])
def test_categories_that_break_the_format_are_refused(text: str) -> None:
    with pytest.raises(OwaspError, match=r"owasp-top-10\.toml"):
        read_top10(text)


def test_findings_are_counted_by_category() -> None:
    top = read_top10(
        '[[category]]\nid = "A01"\ntitle = "One"\npage = ""\ncwe = [1, 2]\n[[category]]\nid = "A02"\ntitle = "Two"\npage = ""\n'
        'cwe = [3]\n[[category]]\nid = "A03"\ntitle = "Three"\npage = ""\ncwe = [4]\nnot-assessed = "ask others"\n'
        "[kinds-of]\n9 = 2\n"
    )
    rules = {
        "a": RuleFacts(cwe=(9,), severity=Severity.HIGH),
        "b": RuleFacts(cwe=(3,), severity=Severity.LOW),
        "c": RuleFacts(cwe=(77,), severity=Severity.LOW),
        "d": RuleFacts(cwe=(4,), severity=Severity.LOW, ran=False),
    }
    rows = counted_by_category(top, rules, ["a", "a", "c"], ["a"])
    told = [(one.id, str(one.state), one.findings, one.suppressed, one.rules, one.why) for one in rows]
    assert told == [
        ("A01", "found", 2, 1, 1, ""),
        ("A02", "nothing-found", 0, 0, 1, ""),
        ("A03", "not-assessed", 0, 0, 0, "ask others"),
        ("", "found", 1, 0, 1, ""),
    ]
    assert rows[0].by_severity[Severity.HIGH] == 2


def test_a_scan_tells_the_criteria_and_categories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.py").write_text(INJECTED)
    files = {ending: tmp_path.parent / f"scan{ending}" for ending in (".json", ".md", ".sarif", ".html")}
    words = [word for file in files.values() for word in ("-o", str(file))]
    run(["scan", "-q", "--no-cache", "--no-semgrep", "--isolated", "--workers", "1", str(tmp_path), *words])
    capsys.readouterr()
    categories = {one["id"]: one for one in json.loads(files[".json"].read_text())["owasp_top_10"]}
    assert categories["A03"]["findings"] == 2
    assert categories["A06"]["state"] == "not-assessed"
    markdown = files[".md"].read_text()
    assert "| Rate limiting | **missing** |" in markdown
    assert "[A03 Injection](https://owasp.org/" in markdown
    assert "OWASP Top 10 (2021)" in files[".html"].read_text()
    log = json.loads(files[".sarif"].read_text())
    jsonschema.validate(log, json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.schema.json").read_text()))
    notes = [one for one in log["runs"][0]["results"] if one["ruleId"].startswith("criterion-")]
    assert "criterion-must-05" in {one["ruleId"] for one in notes}
    assert {one["level"] for one in notes} == {"note"}
    assert all("primaryLocationLineHash" in one["partialFingerprints"] for one in notes)
