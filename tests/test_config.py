"""Configuration: where it is found, which layer wins, what is an error, and which rules it chooses."""

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from backend_audit import config as config_room
from backend_audit.catalog import RuleCard
from backend_audit.config import KEYS, Config, ConfigError, json_schema, load, reanchored, selection
from backend_audit.finding import Confidence, Mode, Severity
from backend_audit.inventory import Declared


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "api" / "app").mkdir(parents=True)
    return tmp_path


def effective(start: Path, overrides: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None) -> Config:
    return load(start, overrides or {}, environment or {})


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def failure(start: Path, environment: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        effective(start, None, environment)
    return str(caught.value)


def test_built_in_values(project: Path) -> None:
    config = effective(project)
    assert (config.mode, config.fail_on, config.min_confidence) == (Mode.DEFAULT, Severity.LOW, Confidence.MEDIUM)
    assert config.max_file_size == 1024 * 1024
    assert config.origins["select"] == "mode"
    assert config.origins["fail-on"] == "built-in"


def test_command_line_beats_environment_beats_file(project: Path) -> None:
    write(project / "backend-audit.toml", 'mode = "elite"\nmin-confidence = "high"\nworkers = 3\n')
    environment = {"BACKEND_AUDIT_MIN_CONFIDENCE": "low", "BACKEND_AUDIT_WORKERS": "5", "BACKEND_AUDIT_CACHE": "off"}
    config = effective(project, {"workers": 7}, environment)
    assert (config.mode, config.min_confidence, config.workers, config.cache) == (Mode.ELITE, "low", 7, False)
    assert [config.origins[key].rpartition("/")[2] for key in ("mode", "min-confidence", "workers")] == [
        "backend-audit.toml",
        "environment",
        "command line",
    ]


def test_nearest_file_wins_key_by_key_and_root_stops(project: Path) -> None:
    write(project / "pyproject.toml", '[tool.backend-audit]\nfail-on = "high"\nmode = "elite"\n')
    nested = write(project / "api" / "backend-audit.toml", 'mode = "advanced"\n')
    config = effective(project / "api" / "app")
    assert (config.mode, config.fail_on) == (Mode.ADVANCED, Severity.HIGH)
    write(nested, 'mode = "advanced"\nroot = true\n')
    assert effective(project / "api" / "app").fail_on == Severity.LOW


def test_search_ends_at_the_repository(project: Path) -> None:
    (project / "api" / ".git").mkdir()
    write(project / "backend-audit.toml", 'mode = "elite"\n')
    assert effective(project / "api").mode == Mode.DEFAULT


def test_own_file_beats_pyproject_in_one_directory(project: Path) -> None:
    write(project / "pyproject.toml", '[tool.backend-audit]\nfail-on = "high"\n')
    write(project / "backend-audit.toml", 'mode = "elite"\n')
    config = effective(project)
    assert (config.mode, config.fail_on) == (Mode.ELITE, Severity.LOW)


def test_pyproject_without_our_table_is_passed_by(project: Path) -> None:
    write(project / "api" / "pyproject.toml", "[tool.ruff]\n")
    write(project / "backend-audit.toml", 'mode = "elite"\n')
    assert effective(project / "api").mode == Mode.ELITE
    write(project / "api" / "pyproject.toml", "not toml at all [[[")
    assert effective(project / "api").mode == Mode.ELITE


def test_extend_fills_gaps_and_paths_start_at_their_own_file(project: Path) -> None:
    (project / "shared" / "team").mkdir(parents=True)
    write(project / "shared" / "base.toml", 'mode = "elite"\nexclude = ["old/"]\nrules = ["team"]\nfail-on = "never"\n')
    write(project / "api" / "backend-audit.toml", 'extend = "../shared/base.toml"\nfail-on = "high"\n')
    config = effective(project / "api")
    assert (config.mode, config.fail_on) == (Mode.ELITE, Severity.HIGH)
    assert config.exclude_base == project / "shared"
    assert config.rules == (project / "shared" / "team",)


def test_extend_in_a_circle_is_an_error(project: Path) -> None:
    write(project / "backend-audit.toml", 'extend = "other.toml"\n')
    write(project / "other.toml", 'extend = "backend-audit.toml"\n')
    assert "goes round in a circle" in failure(project)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fail_on = "low"', 'unknown key `fail_on`; did you mean "fail-on"?'),
        ('fail-on = "hihg"', '`fail-on` must be "critical", "high", "medium", "low" or "never", not "hihg"; did you mean'),
        ('tests = "yes"', '`tests` must be true or false, not "yes"'),
        ("select = 'never-3'", '`select` must be a list of strings, not "never-3"'),
        ("select = [3]", "`select` must be a string, not 3"),
        ("workers = -1", "`workers`: input should be greater than or equal to 0, not -1"),
        ("workers = true", "`workers` must be a whole number, not true"),
        ('max-file-size = "big"', '`max-file-size` must be a number of bytes or a size such as "2 MiB", not "big"'),
        ('[per-path."tests/**"]\nignroe = []', '`per-path."tests/**".ignroe`; did you mean "ignore"?'),
        ('per-path = ["x"]', "`per-path` must be a table, not a list"),
        ("[guards]\nauthenticate = []", 'unknown key `guards.authenticate`; did you mean "authenticates"?'),
        ("[guards]\nprotected_by_gateway = []", 'did you mean "protected-by-gateway"?'),
        ('[guards]\npublic = "/status"', '`guards.public` must be a list of strings, not "/status"'),
        ('[guards]\npublic = ["status"]', '`guards.public` must hold paths such as "/status/*" or "GET /shop/**", not "status"'),
        ('[guards]\nlimits = ["a b"]', '`guards.limits` must hold names such as "myapp.auth.require_user"'),
        ("[[[", "is not valid TOML"),
        ('rules = ["nowhere"]', "`rules` names nowhere, which does not exist"),
        ('extend = "nowhere.toml"', "which is no file"),
    ],
)
def test_a_wrong_file_is_answered_with_file_key_and_a_way_out(project: Path, text: str, said: str) -> None:
    write(project / "backend-audit.toml", text + "\n")
    message = failure(project)
    assert said in message
    assert "backend-audit.toml" in message


def test_every_error_of_a_file_is_told(project: Path) -> None:
    write(project / "backend-audit.toml", 'mod = "elite"\ntests = 1\n')
    assert len(failure(project).splitlines()) == 2


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"BACKEND_AUDIT_TESTS": "perhaps"}, 'BACKEND_AUDIT_TESTS must be true or false, not "perhaps"'),
        ({"BACKEND_AUDIT_WORKERS": "many"}, "BACKEND_AUDIT_WORKERS must be a number"),
        ({"BACKEND_AUDIT_FAILON": "low"}, 'did you mean "FAIL_ON"?'),
        ({"BACKEND_AUDIT_MODE": "elit"}, 'did you mean "elite"?'),
    ],
)
def test_a_wrong_variable_is_an_error(project: Path, environment: dict[str, str], said: str) -> None:
    assert said in failure(project, environment)


def test_variables_of_others_and_empty_ones_are_left_alone(project: Path) -> None:
    environment = {"BACKEND_AUDIT_QQQ": "1", "BACKEND_AUDIT_MODE": "", "BACKEND_AUDIT_SEMGREP": "/opt/semgrep"}
    config = effective(project, None, environment)
    assert (config.mode, config.semgrep) == (Mode.DEFAULT, True)
    assert effective(project, None, {"BACKEND_AUDIT_SEMGREP": "0"}).semgrep is False


def test_list_variables_are_split_at_commas(project: Path) -> None:
    assert effective(project, None, {"BACKEND_AUDIT_IGNORE": "a, b,"}).ignore == ("a", "b")


def test_guards_come_from_the_nearest_table(project: Path) -> None:
    write(project / "pyproject.toml", '[tool.backend-audit.guards]\nauthenticates = ["a"]\npublic = ["/x"]\n')
    assert effective(project / "api").guards == Declared(authenticates=("a",), public=("/x",))
    write(project / "api" / "backend-audit.toml", '[guards]\nprotected-by-gateway = ["GET /y/**"]\n')
    config = effective(project / "api")
    assert config.guards == Declared(protected_by_gateway=("GET /y/**",))
    assert config.origins["guards"].endswith("api/backend-audit.toml")


def test_schema_accepts_what_is_accepted_and_rejects_what_is_not() -> None:
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert set(schema["properties"]) == set(KEYS)
    assert validator.is_valid({"fail-on": "never", "max-file-size": 5, "per-path": {"a/**": {"ignore": ["x"]}}})
    assert validator.is_valid({"guards": {"authenticates": ["x"], "protected-by-gateway": ["/a/**"]}})
    for wrong in (
        {"fail_on": "low"},
        {"mode": "best"},
        {"per-path": {"a": {"selects": []}}},
        {"workers": -1},
        {"guards": {"open": []}},
    ):
        assert not validator.is_valid(wrong), wrong


def test_published_schema_is_up_to_date() -> None:
    published = Path(config_room.__file__).parent / "backend-audit.schema.json"
    assert published.read_text(encoding="utf-8") == json_schema(), f"backend-audit config --schema > {published}"


# --- which rules -----------------------------------------------------------------------------------------------------


def card(rule: str, clause: str, mode: Mode = Mode.DEFAULT, previous: tuple[str, ...] = ()) -> RuleCard:
    return RuleCard(
        id=rule,
        title=rule,
        clause=clause,
        cwe=(89,),
        severity=Severity.HIGH,
        security_severity=8.0,
        confidence=Confidence.HIGH,
        mode=mode,
        languages=("python",),
        summary="",
        previous_ids=previous,
    )


CARDS = {
    one.id: one
    for one in (
        card("sql-built-from-strings", "never-3", previous=("sql-injection",)),
        card("hardcoded-secret", "never-4"),
        card("debug-enabled", "must-11"),
        card("missing-audit-log", "must-08", Mode.ELITE),
    )
}


def chosen(project: Path, text: str, overrides: Mapping[str, object] | None = None) -> set[str]:
    write(project / "backend-audit.toml", text)
    return set(selection(effective(project, overrides), CARDS).rules)


def test_the_mode_chooses_by_default(project: Path) -> None:
    rules = selection(effective(project), CARDS)
    assert rules.rules == {"sql-built-from-strings", "hardcoded-secret", "debug-enabled"}
    assert rules.hidden == {"missing-audit-log"}
    assert chosen(project, 'mode = "elite"') == set(CARDS)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ('select = ["never-3"]', {"sql-built-from-strings"}),
        ('select = ["never"]', {"sql-built-from-strings", "hardcoded-secret"}),
        ('select = ["sql-injection"]', {"sql-built-from-strings"}),
        ('select = ["must"]', {"debug-enabled"}),
        ('select = ["missing-audit-log"]', {"missing-audit-log"}),
        ('ignore = ["never-3", "must"]', {"hardcoded-secret"}),
        ('select = ["never-7"]', set()),
    ],
)
def test_select_and_ignore(project: Path, text: str, rules: set[str]) -> None:
    assert chosen(project, text) == rules


def test_selecting_on_the_command_line_beats_ignoring_in_a_file(project: Path) -> None:
    assert chosen(project, 'ignore = ["never"]', {"select": ["hardcoded-secret"]}) == {"hardcoded-secret"}
    both = {"select": ["never"], "ignore": ["never-3"]}
    assert chosen(project, "", both) == {"hardcoded-secret"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('select = ["hardcoded-secrets"]', '`select`: "hardcoded-secrets" is no rule, clause or prefix; did you mean "hard'),
        ('ignore = ["never-33"]', 'did you mean "never-3"?'),
        ('[per-path."a/**"]\nignore = ["qqqqqq"]', 'per-path."a/**".ignore`: "qqqqqq" is no rule'),
    ],
)
def test_an_unknown_rule_is_an_error(project: Path, text: str, said: str) -> None:
    write(project / "backend-audit.toml", text)
    with pytest.raises(ConfigError) as caught:
        selection(effective(project), CARDS)
    assert said in str(caught.value)


def test_per_path_tables(project: Path) -> None:
    write(
        project / "backend-audit.toml",
        '[per-path."scripts/**"]\nignore = ["hardcoded-secret"]\n[per-path."*.cfg"]\nselect = ["missing-audit-log"]\n',
    )
    rules = selection(effective(project / "api"), CARDS)
    everything = {"sql-built-from-strings", "hardcoded-secret", "debug-enabled"}
    assert rules.at(f"{project}/api/a.py") == everything
    assert rules.at(f"{project}/scripts/a.py") == everything - {"hardcoded-secret"}
    assert rules.at(f"{project}/scripts/x/a.cfg") == {"missing-audit-log"}
    assert rules.at("/elsewhere/scripts/a.py") == everything
    assert "missing-audit-log" in rules.rules


# --- patterns seen from elsewhere ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "base", "root", "seen"),
    [
        ("old/", "", "", ("old/",)),
        ("old/", "api", "", ("/api/**/old/",)),
        ("/old", "api", "", ("/api/old",)),
        ("!a/b", "api", "", ("!/api/a/b",)),
        ("*.cfg", "", "api", ("*.cfg",)),
        ("api/app/*.py", "", "api", ("/app/*.py",)),
        ("a*/app/", "", "api", ("/app/",)),
        ("web/app/", "", "api", ()),
        ("api/", "", "api/app", ("/**",)),
        ("/api", "", "api/app", ("/**",)),
        ("**/x/y", "", "api", ("**/x/y",)),
        ("x", "web", "api", ()),
    ],
)
def test_patterns_mean_the_same_from_the_scan_root(
    project: Path, pattern: str, base: str, root: str, seen: tuple[str, ...]
) -> None:
    assert reanchored((pattern,), project / base, project / root) == seen
