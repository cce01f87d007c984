"""Secrets: the providers' formats both ways, the judge, exact positions, and that no secret ever leaves the package.

No text in this file looks like a live key: every value that does is made when the test runs.
"""

import random
import re
import string
import time
from collections.abc import Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_audit import secrets
from backend_audit.checks import Alert
from backend_audit.finding import Confidence
from backend_audit.lower.python import lower
from backend_audit.secrets import formats, from_config, providers
from backend_audit.secrets.candidate import Candidate, How, Place
from backend_audit.secrets.judge import judge
from backend_audit.secrets.models import Provider
from backend_audit.secrets.models import providers as provider_rows
from backend_audit.secrets.names import classify
from backend_audit.secrets.placeholders import Filler, filler
from backend_audit.secrets.redact import redacted, safe_name, shown
from backend_audit.secrets.values import traits
from backend_audit.source import Language, Role, SourceFile

ROOT = Path(__file__).parent.parent
HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
SOURCE = Place(path="app.py", test=False, template=False, config=False, locale=False, pipeline=False)
CONFIG = SOURCE._replace(path="app.yaml", config=True)


def noise(length: int, seed: int = 7, alphabet: str = string.ascii_letters + string.digits) -> str:
    """Characters that nobody would write by hand, the same in every run."""
    return "".join(random.Random(seed).choices(alphabet, k=length))  # noqa: S311


def scan(text: str, path: str = "app.py", role: Role = Role.SOURCE) -> list[tuple[str, Alert]]:
    language = {"py": Language.PYTHON, "js": Language.JAVASCRIPT, "ts": Language.TYPESCRIPT, "tsx": Language.TYPESCRIPT}.get(
        path.rpartition(".")[2], Language.CONFIG
    )
    file = SourceFile(path, path, language, Role.CONFIG if language is Language.CONFIG else role, len(text))
    module = lower(path, text) if language is Language.PYTHON else None
    alerts, problems = secrets.scan(file, text, module)
    assert problems == []
    return alerts


def rules(text: str, path: str = "app.py") -> list[str]:
    return [rule for rule, alert in scan(text, path) if alert.confidence is not LOW]


# --- providers -------------------------------------------------------------------------------------------------------


def sampled(nodes: Any, chance: random.Random) -> Iterator[str]:
    """A text that the parsed pattern matches: what a provider might issue."""
    for kind, value in nodes:
        match str(kind):
            case "LITERAL":
                yield chr(value)
            case "IN":
                yield chance.choice([c for c in map(chr, range(33, 127)) if c not in "\"'`" and within(c, value)])
            case "MAX_REPEAT":
                low, high, inner = value
                for _ in range(max(int(low), min(int(high), int(low) + 6) if int(low) else chance.randint(0, 1))):
                    yield from sampled(inner, chance)
            case "SUBPATTERN":
                yield from sampled(value[3], chance)
            case "BRANCH":
                yield from sampled(chance.choice(value[1]), chance)
            case other:
                raise AssertionError(f"the sampler does not know {other}")


def within(char: str, entries: Any) -> bool:
    negated = str(entries[0][0]) == "NEGATE"
    found = False
    for kind, value in entries:
        match str(kind):
            case "LITERAL":
                found |= char == chr(value)
            case "RANGE":
                found |= value[0] <= ord(char) <= value[1]
            case "CATEGORY":
                found |= (char.isdigit() if str(value).endswith("DIGIT") else char.isspace()) and "NOT" not in str(value)
    return found is not negated


def issued(row: Provider, seed: int) -> str:
    value = "".join(sampled(_parser.parse(row.pattern), random.Random(seed)))  # noqa: S311
    if row.checksum:
        body, mark, key = value.rpartition("_")
        value = body + mark + key[:-6] + providers.base62_crc32(key[:-6])
    return value


def line_with(row: Provider, value: str, *, near: bool = True) -> str:
    word = re.sub(r"\W", "_", row.near[0]) if row.near and near else "setting"
    return f'{word}_value = "{value}"\n'


@pytest.mark.parametrize("row", provider_rows(), ids=lambda row: row.id)
def test_provider_format(row: Provider) -> None:
    """Most of what the format describes is found (a made-up key may look like a placeholder by chance), look-alikes never."""
    found = 0
    for seed in range(6):
        value = issued(row, seed)
        found += row.id in {hit.provider.id for hit in providers.find(line_with(row, value))}
        assert not re.search(r"\s", value)
    assert found >= 4, f"{row.id}: found {found} of 6 keys"


@pytest.mark.parametrize("row", provider_rows(), ids=lambda row: row.id)
def test_provider_near_miss(row: Provider) -> None:
    value = issued(row, 1)
    prefix = value[: providers.longest_prefix(row, value)]
    misses = [f"{prefix}{'x' * (len(value) - len(prefix))}", f"A9z{value}"]
    if row.near:
        text = line_with(row, value, near=False)
        assert row.id not in {hit.provider.id for hit in providers.find(text)}, f"{row.id}: found without its name"
    else:
        misses.append("Zz" * (len(prefix) // 2 + 1) + value[len(prefix) :] if prefix else "")
    for miss in misses:
        hits = {hit.provider.id for hit in providers.find(line_with(row, miss)) if hit.value != value}
        assert row.id not in hits, f"{row.id}: a look-alike was taken for a key"


def test_rows_are_distinct_and_documented() -> None:
    rows = provider_rows()
    assert len(rows) >= 60
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.docs.startswith("https://"), row.id
        assert row.prefixes, row.id
        assert all(prefix not in {"", " "} for prefix in row.prefixes), row.id


def test_checksum_decides() -> None:
    body = noise(30)
    good = "gh" + "p_" + body + providers.base62_crc32(body)
    bad = good[:-1] + ("A" if good[-1] != "A" else "B")
    assert [hit.value for hit in providers.find(f"x = '{good}'")] == [good]
    assert list(providers.find(f"x = '{bad}'")) == []


def test_repository_holds_no_key() -> None:
    """Nothing that we commit may trip a scanner: not ours and not others."""
    files = [*(ROOT / "rules" / "never-4-hardcode-secrets").glob("*.md"), Path(__file__)]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert [hit.provider.id for hit in providers.find(text)] == [], file
        pems = [one for one in formats.find(text) if one.form in {formats.Form.PEM, formats.Form.ENCRYPTED_PEM}]
        assert pems == [], file


# --- names, values, stand-ins ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"),
        ("dbPassword", "password"),
        ("PGPASSWORD", "password"),
        ("new_password_2", "password"),
        ("get_admin_password", "password"),
        ("SECRET_KEY", "secret-key"),
        ("jwtSecret", "secret-key"),
        ("cookie_secret", "secret-key"),
        ("FERNET_KEY", "secret-key"),
        ("clientSecret", "token"),
        ("aws_secret_access_key", "token"),
        ("oauth_token_secret", "token"),
        ("X-Api-Key", "token"),
        ("apikey", "token"),
        ("GITHUB_TOKEN", "token"),
        ("Authorization", "header"),
        *[
            (name, "")
            for name in (
                "password_field",
                "passwordLength",
                "PASSWORD_RESET_URL",
                "hashed_password",
                "is_password",
                "token_url",
                "next_page_token",
                "eos_token",
                "public_key",
                "primary_key",
                "cache_key",
                "sort_key",
                "keyboard",
                "bypass",
                "compass",
                "secretary",
                "tokenizer",
                "invalid_token",
                "missing_password",
                "key",
                "author",
                "secret_name",
                "num_tokens",
                "access_token_expire_minutes",
            )
        ],
    ],
)
def test_name(name: str, kind: str) -> None:
    naming = classify(name)
    assert (naming.kind.value if naming else "") == kind, name


@pytest.mark.parametrize("length", [16, 20, 32, 40, 64])
def test_noise_is_random(length: int) -> None:
    for seed in range(40):
        assert traits(noise(length, seed)).random, f"seed {seed}"
        assert traits(noise(max(length, 20), seed, "0123456789abcdef")).random, f"hex, seed {seed}"


@pytest.mark.parametrize(
    "value",
    [
        "getUserById",
        "password_reset",
        "x-forwarded-for",
        "application/json",
        "ACCESS_TOKEN_EXPIRED",
        "ecdsa-sha2-nistp256",
        "supersecret",
        "1234567890",
        "0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz",
        "django.contrib.auth",
        "invalid_token",
        "admin123",
        "2024-05-06",
    ],
)
def test_words_are_not_random(value: str) -> None:
    assert not traits(value).random, traits(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("${DB_PASSWORD}", Filler.REFERENCE),
        ("{{ vault_password }}", Filler.REFERENCE),
        ("%(password)s", Filler.REFERENCE),
        ("<your token>", Filler.REFERENCE),
        ("vault:secret/data/app#key", Filler.REFERENCE),
        ("change-me-in-production", Filler.INSTRUCTION),
        ("your-api-key", Filler.INSTRUCTION),
        ("REPLACE_ME", Filler.INSTRUCTION),
        ("my-secret-key-here", Filler.INSTRUCTION),
        ("xxxxxxxxxxxx", Filler.DUMMY),
        ("123456", Filler.DUMMY),
        ("test-secret", Filler.DUMMY),
        ("AKIA" + "IOSFODNN7" + "EXAMPLE", Filler.DUMMY),
        ("kaylee-serenity9", Filler.NONE),
        ("letmein!", Filler.NONE),
    ],
)
def test_filler(value: str, kind: Filler) -> None:
    assert filler(value) is kind


# --- what lives for a day --------------------------------------------------------------------------------------------

COMPOSE = "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: kaylee9\n"
STARTED = "docker run --name db -e MYSQL_ROOT_PASSWORD=kaylee9 -d mysql\n"


@pytest.mark.parametrize(
    ("path", "text", "lasting"),
    [
        ("docker-compose.yaml", COMPOSE, True),
        ("docker-compose.yaml", COMPOSE + "    volumes:\n      - ./data:/var/lib/postgresql\n", True),
        ("docker-compose.yaml", COMPOSE + '    volumes:\n      - ".:/srv/app"\n', False),
        ("docker-compose.yaml", COMPOSE + "    command: uvicorn main:app --reload\n", False),
        ("docker-compose.yaml", COMPOSE + "      DJANGO_SETTINGS_MODULE: shop.settings.local\n", False),
        ("docker-compose.yaml", COMPOSE + "      NODE_ENV: development\n", False),
        ("docker-compose.yaml", COMPOSE + "      NODE_ENV: production\n", True),
        ("api/.env-ci", "DB_PASSWORD=kaylee9\n", False),
        ("api/.env-local", "DB_PASSWORD=kaylee9\n", False),
        ("api/.env", "DB_PASSWORD=kaylee9\n", True),
        ("local-dev/db.yaml", COMPOSE, False),
        ("deploy/db.yaml", COMPOSE, True),
        ("scripts/seed/db.yaml", COMPOSE, False),
        ("seedlings/db.yaml", COMPOSE, True),
        ("cirun.config.yaml", COMPOSE, False),
        ("circle.yaml", COMPOSE, True),
        ("migrate.sh", STARTED, True),
        ("migrate.sh", STARTED + "docker rm -v db\n", False),
    ],
)
def test_credentials_of_what_lives_for_a_day_count_less(path: str, text: str, *, lasting: bool) -> None:
    assert rules(text, path) == (["hardcoded-password"] if lasting else [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("RUN SECRET_KEY=temporary python manage.py collectstatic", False),
        ("RUN --mount=type=cache \\\n    SECRET_KEY=temporary python manage.py collectstatic", False),
        ("RUN python manage.py collectstatic\nENV SECRET_KEY=temporary", True),
        (f"RUN SECRET_KEY={noise(24)} python manage.py collectstatic", True),
        ("RUN DB_PASSWORD=kaylee9 ./load.sh", True),
    ],
)
def test_a_word_for_one_command_of_a_build_is_no_secret(line: str, *, told: bool) -> None:
    assert bool(rules(f"FROM x\n{line}\n", "Dockerfile")) is told


def test_commands_of_a_build_are_read_in_linear_time() -> None:
    begun = time.process_time()
    assert rules("FROM x\n" + "RUN SECRET_KEY=temporary python manage.py collectstatic\n" * 20_000, "Dockerfile") == []
    assert time.process_time() - begun < 8


def test_a_fallback_is_told_once_a_file() -> None:
    line = "      SECRET_KEY: ${SECRET_KEY:-orders-are-us-9}\n"
    assert rules(line + line, "compose.yaml") == ["secret-fallback-value"]
    assert rules(line + line.replace("SECRET", "SESSION"), "compose.yaml") == ["secret-fallback-value"] * 2


@pytest.mark.parametrize(("value", "told"), [("guest", False), ("kaylee9", True)])
def test_the_password_of_guests_is_let_in_from_the_same_machine_alone(value: str, *, told: bool) -> None:
    text = f'import os\n\nRABBITMQ_PASSWORD = os.environ.get("RABBITMQ_PASSWORD", "{value}")\n'
    assert rules(text) == (["secret-fallback-value"] if told else [])


def test_what_others_issued_counts_less_on_one_developers_machine_alone() -> None:
    text = f"rpc_token: {noise(40)}\n"
    assert rules(text, "local-dev/garage.yaml") == []
    assert rules(text, "deploy/garage.yaml") == ["hardcoded-token"]
    assert rules(text, ".github/workflows/test.yaml") == ["hardcoded-token"]


# --- the judge -------------------------------------------------------------------------------------------------------

KEY = noise(24)


@pytest.mark.parametrize(
    ("name", "value", "how", "place", "expected"),
    [
        ("password", "kaylee-serenity9", How.ASSIGNED, SOURCE, HIGH),
        ("password", "serenity", How.ASSIGNED, SOURCE, MEDIUM),
        ("password", "letmein!", How.COMPARED, SOURCE, HIGH),
        ("password", "password", How.KEYED, SOURCE, None),
        ("password", "required", How.KEYED, SOURCE, None),
        ("Password", "\u0a2a\u0a3e\u0a38\u0a35\u0a30\u0a21", How.KEYED, CONFIG, None),
        ("Password", "\u0643\u0644\u0645\u0629 \u0627\u0644\u0645\u0631\u0648\u0631", How.KEYED, CONFIG, None),
        ("Password", "\u043f\u0430\u0440\u043e\u043b\u044c99", How.KEYED, CONFIG, HIGH),
        ("password", "Passwort", How.KEYED, CONFIG._replace(locale=True), None),
        ("Signing secret", "Tajn\u00fd kl\u00ed\u010d pro podpis", How.KEYED, CONFIG._replace(locale=True), None),
        (
            "Signing secret",
            "\u043a\u043b\u044e\u0447",
            How.KEYED,
            CONFIG,
            None,
        ),
        ("secret_key", "\u00ff\u00e5\x16s\u0089\u00c3\x05y\u00bbk", How.ASSIGNED, SOURCE, HIGH),
        ("reloadSessionKey", "chunkReload", How.ASSIGNED, SOURCE, LOW),
        ("welcomeBannerStatusCookieKey", "welcomebanner_status", How.ASSIGNED, SOURCE, LOW),
        ("welcomeBannerStatusCookieKey", "orders_are_us", How.ASSIGNED, SOURCE, MEDIUM),
        ("GITHUB_WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET", How.ASSIGNED, SOURCE, None),
        ("password", "Your password must be longer.", How.ASSIGNED, SOURCE, None),
        ("password", "change-me", How.KEYED, CONFIG, LOW),
        ("password", "kaylee9", How.KEYED, CONFIG._replace(template=True), LOW),
        ("password", "kaylee9", How.KEYED, CONFIG._replace(pipeline=True), LOW),
        ("password", "kaylee-serenity9", How.PASSED, SOURCE._replace(test=True), MEDIUM),
        ("api_token", KEY, How.ASSIGNED, SOURCE, HIGH),
        ("api_token", KEY, How.PROSE, SOURCE, MEDIUM),
        ("api_token", "invalid_token", How.ASSIGNED, SOURCE, None),
        ("token", "comment.ejs", How.KEYED, SOURCE, None),
        ("token", "bearer", How.ASSIGNED, SOURCE, None),
        ("CATEGORY_SERVICE_TOKEN", "CategoryService", How.ASSIGNED, SOURCE, None),
        ("CATEGORY_SERVICE_TOKEN", "Qx7rCategory9Zt", How.ASSIGNED, SOURCE, MEDIUM),
        ("clientToken", "pub" + "0123456789abcdef" * 2, How.KEYED, SOURCE, None),
        ("token", "https://login.internal/token", How.ASSIGNED, SOURCE, None),
        ("token", "/oauth/token", How.ASSIGNED, SOURCE, None),
        ("license_key", "standard", How.ASSIGNED, SOURCE, None),
        ("license_key", KEY, How.ASSIGNED, SOURCE, MEDIUM),
        ("SECRET_KEY", KEY, How.ASSIGNED, SOURCE, HIGH),
        ("SECRET_KEY", "orders-are-us", How.ASSIGNED, SOURCE, MEDIUM),
        ("SECRET_KEY", "secret key", How.ASSIGNED, SOURCE, MEDIUM),
        ("SECRET_KEY", "change-me", How.ASSIGNED, SOURCE, LOW),
        ("SECRET_KEY", "change-me", How.FALLBACK, SOURCE, MEDIUM),
        ("STRIPE_API_KEY", "your-api-key", How.FALLBACK, SOURCE, None),
        ("SESSION_COOKIE", KEY, How.ASSIGNED, SOURCE, None),
        ("Authorization", KEY, How.KEYED, SOURCE, MEDIUM),
        ("Authorization", "required", How.KEYED, SOURCE, None),
    ],
)
def test_judge(name: str, value: str, how: How, place: Place, expected: Confidence | None) -> None:
    verdict = judge(Candidate(value, name, how, 0, len(value)), place)
    assert (verdict.confidence if verdict else None) is expected, verdict


def test_words_of_a_catalogue_called_by_its_language_are_labels() -> None:
    words = "{\n" + "".join(f'  "Label{n}": "woord",\n' for n in range(24)) + '  "LabelPassword": "kaylee-serenity"\n}\n'
    assert rules(words, "client/strings/nl.json") == []
    assert rules(words, "client/strings/app_pt-BR.json") == []
    assert rules(words, "client/strings/settings.json") == ["hardcoded-password"]
    assert rules('{\n  "password": "kaylee-serenity"\n}\n', "public/language/xx/user.json") == []
    assert rules('{\n  "LabelPassword": "kaylee-serenity"\n}\n', "my.json") == ["hardcoded-password"]


def test_names_in_lists_are_no_values() -> None:
    assert rules('SCHEMA = {"secret": ["password", "api_token"], "tokens": ["access", "refresh"]}\n') == []
    assert rules(f'API_TOKENS = ["{KEY}"]\n') == ["hardcoded-token"]


def test_secret_beside_its_public_half() -> None:
    assert rules('client(access_key_id="orders", secret_access_key="wordy-Key-1x")\n') == ["hardcoded-token"]
    assert rules('client(region="orders", secret_access_key="wordy-Key-1x")\n') == []


# --- positions -------------------------------------------------------------------------------------------------------

PASSWORD = "kaylee-serenity9"  # of a television series
PLACED = {
    "app.py": [
        f'# ünïcödé 🎉\r\npassword = "{PASSWORD}"\r\n',
        f"connect(\"🎉\", password='{PASSWORD}')\n",
        f'x = {{"é": 1, "password": "{PASSWORD}"}}\n',
        f'def f(a="🎉", password="{PASSWORD}"): ...\n',
        f'if "é" and request.password == "{PASSWORD}":\n    pass\n',
        f'password = SecretStr("{PASSWORD}")\n',
        f'password = "{PASSWORD}".encode()\n',
        f'class A:\n    password: str = "{PASSWORD}"\n',
        f'app.config["DB_PASSWORD"] = "{PASSWORD}"\n',
        f'user, password = "kaylee", "{PASSWORD}"\n',
        f'def get_password():\n    return "{PASSWORD}"\n',
        f'entry = {{"name": "password", "value": "{PASSWORD}"}}\n',
        f'password = os.environ.get("DB_PASSWORD", "{PASSWORD}")\n',
        f'get(url, auth=("kaylee", "{PASSWORD}"))\n',
        f'HTTPBasicAuth("kaylee", "{PASSWORD}")\n',
    ],
    "app.js": [
        f"// ünïcödé 🎉\r\nconst password = '{PASSWORD}';\r\n",
        f"connect({{ '🎉': 1, password: `{PASSWORD}` }});\n",
        f"const {{ password = '{PASSWORD}' }} = options;\n",
        f"if (req.body.password === '{PASSWORD}') {{ go(); }}\n",
        f"if ('{PASSWORD}' === password) {{ go(); }}\n",
        f"const password = process.env.DB_PASSWORD || '{PASSWORD}';\n",
        f"this.password = ok ? '{PASSWORD}' : null;\n",
        f"settings['db-password'] = '{PASSWORD}';\n",
        f"function getPassword() {{ return '{PASSWORD}'; }}\n",
        f"const broken = ( { {1} }; const password = '{PASSWORD}'; }}}} (((\n",
        f"request.get(url).auth('kaylee', '{PASSWORD}');\n",
        f"const entry = {{ key: 'password', value: '{PASSWORD}' }};\n",
    ],
    "app.ts": [
        f"class A {{ private readonly password: string = '{PASSWORD}'; }}\n",
        f"function f(password: string = '{PASSWORD}') {{}}\n",
        f"const x = {{ password: '{PASSWORD}' as const }};\n",
    ],
    "app.tsx": [f"const x = <Login user='🎉' password='{PASSWORD}' />;\n"],
    "app.yaml": [
        f"# é 🎉\ndb:\n  password: {PASSWORD}  # ours\n",
        f'db: {{user: kaylee, password: "{PASSWORD}"}}\n',
        f"environment:\n  - POSTGRES_PASSWORD={PASSWORD}\n",
        f"env:\n  - name: DB_PASSWORD\n    value: '{PASSWORD}'\n",
        f"run: curl -u kaylee:{PASSWORD} https://orders.internal\n",
    ],
    "app.json": [f'{{"é": 1, "password": "{PASSWORD}"}}', f'{{"name": "password", "value": "{PASSWORD}"}}'],
    "app.toml": [f'[db]\npassword = "{PASSWORD}" # ours\n', f'db = {{ user = "kaylee", password = "{PASSWORD}" }}\n'],
    "app.ini": [f"[db]\npassword = {PASSWORD} ; ours\n", f"[db]\r\npassword: {PASSWORD}\r\n"],
    "app.properties": [f"db.password={PASSWORD}\n"],
    ".env": [f"export DB_PASSWORD='{PASSWORD}'\n", f"DB_PASSWORD={PASSWORD} # ours\n"],
    "Dockerfile": [f"FROM x\nENV A=1 DB_PASSWORD={PASSWORD}\n", f"FROM x\nARG DB_PASSWORD={PASSWORD}\n"],
    "run.sh": [
        f"export DB_PASSWORD={PASSWORD}\n",
        f"PGPASSWORD={PASSWORD} psql -h db\n",
        f"mysql -u root -p{PASSWORD} orders\n",
        f"deploy --password {PASSWORD} --force\n",
        f'curl -s -u "kaylee:{PASSWORD}" https://orders.internal\n',
    ],
    ".netrc": [f"machine orders.internal login kaylee password {PASSWORD}\n"],
    ".npmrc": [f"//registry.internal/:_password={PASSWORD}\n"],
    "app.xml": [f"<db><password>{PASSWORD}</password></db>\n", f'<add key="DbPassword" value="{PASSWORD}" />\n'],
}


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in PLACED.items() for text in texts])
def test_position(path: str, text: str) -> None:
    alerts = [alert for _, alert in scan(text, path)]
    assert len(alerts) == 1, [alert.message for alert in alerts]
    at, end = alerts[0].span()
    assert text[at:end].strip("\"'`") == PASSWORD
    assert [text[start:stop] for start, stop in alerts[0].redact] == [PASSWORD]


def test_forms_have_positions() -> None:
    text = f"# é 🎉\nURL = 'amqp://kaylee:{PASSWORD}@queue.internal/x'\n"
    ((rule, alert),) = scan(text)
    assert rule == "password-in-connection-string"
    assert text[slice(*alert.redact[0])] == PASSWORD
    assert text[slice(*alert.span())].startswith("amqp://")


def test_key_in_pieces_is_joined() -> None:
    key = "sk_" + "live_" + noise(24)
    for path in ("app.py", "app.js"):
        assert rules(f'api_key = "{key[:6]}" + "{key[6:15]}" + "{key[15:]}"\n', path) == ["provider-key-in-code"], path


def test_private_key_across_lines() -> None:
    head = "-----BEGIN " + "PRIVATE KEY-----"
    body = [noise(64, seed) for seed in range(3)]
    text = "KEY = (\n" + "".join(f'    "{line}\\n"\n' for line in (head, *body, head.replace("BEGIN", "END"))) + ")\n"
    ((rule, alert),) = scan(text)
    assert (rule, alert.confidence) == ("private-key-in-code", HIGH)
    at, end = alert.span()
    assert text.count("\n", 0, at) == 1
    assert "\n" not in text[at:end]
    for line in body:
        assert line not in redacted(text, 0, alert.redact)
    assert rules(f'HEADER = "{head}"\n') == []


def test_jwk_members() -> None:
    key = noise(43)
    assert rules(f'x = {{"kty": "oct", "k": "{key}"}}\n') == ["private-key-in-code"]
    assert rules(f'x = {{"kty": "RSA", "n": "{key}", "e": "AQAB"}}\n') == []
    assert rules(f'{{"kty": "oct", "k": "{key}"}}', "jwk.json") == ["private-key-in-code"]


# --- what leaves the package -----------------------------------------------------------------------------------------

TEMPLATES = [
    ("app.py", 'password = "{}"\n'),
    ("app.py", 'api_token = os.getenv("API_TOKEN", "{}")\n'),
    ("app.py", '{{"{}": "{}", "token": "{}"}}\n'),
    ("app.py", 'url = "postgres://user1:{}@db.internal/x"; secret_key = "{}"\n'),
    ("app.py", 'jwt.encode(claims, "{}")  # token="{}"\n'),
    ("app.js", "const apiKey = '{}', headers = {{ Authorization: 'Bearer {}' }};\n"),
    ("app.js", "login({{ user: 'a', password: '{}' }}); go('https://x.internal/?access_token={}');\n"),
    ("app.yaml", "client_secret: {}\npassword: '{}'\n"),
    (".env", "SECRET_KEY={}\nDATABASE_URL=redis://:{}@cache.internal/0\n"),
    ("app.json", '{{"apiKey": "{}", "{}": "{}"}}'),
    ("run.sh", 'curl -u kaylee:{} -H "Authorization: Bearer {}"\n'),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TEMPLATES), st.from_regex(r"[A-Za-z0-9_.!-]{9,48}", fullmatch=True))
def test_no_output_holds_the_secret(template: tuple[str, str], secret: str) -> None:
    path, frame = template
    if secret in frame or len(set(secret)) < 4:
        return
    text = frame.format(*[secret] * frame.count("{}"))
    for rule, alert in scan(text, path):
        said = "\n".join((rule, alert.message, alert.fix, alert.anchor or ""))
        assert secret not in said, (rule, alert.confidence)
        at, end = alert.span()
        first, last = text.rfind("\n", 0, at) + 1, text.find("\n", end)
        line = text[first : last if last >= 0 else len(text)]
        pointed = redacted(line, first, alert.redact)
        assert secret not in pointed, (rule, pointed)


def test_provider_key_shows_its_prefix_only() -> None:
    key = "sk_" + "live_" + noise(24)
    ((_, alert),) = scan(f'stripe.api_key = "{key}"\n')
    assert "`sk_live_…`" in alert.message
    assert key[8:] not in alert.message
    assert alert.anchor == "stripe-secret-key:api_key"


def test_shown_and_names() -> None:
    assert shown("kaylee") == "`…` (fewer than 8 characters)"
    assert shown("k" * 40, 4) == "`kkkk…` (17 to 64 characters)".replace("17 to 64", "over 16")
    assert safe_name("db_password", ("kaylee",)) == "db_password"
    assert safe_name("kaylee_password", ("kaylee",)) == "a literal"
    assert safe_name("a b\nc", ()) == "a literal"


def test_redacted() -> None:
    assert redacted("x = 'kaylee' + 'serenity'", 10, [(15, 21), (26, 34), (90, 99)]) == "x = '…' + '…'"
    assert redacted("kaylee", 0, [(0, 3), (2, 6)]) == "……"


def test_a_secret_is_hidden_wherever_it_stands() -> None:
    """Other rules' findings show code too: they get the ranges of the whole file."""
    text = f'api_token = "{KEY}"\nsend(1)\nlog("{KEY}", x="a{KEY}b")\n'
    ranges = secrets.hidden_ranges(text, scan(text))
    assert redacted(text, 0, ranges) == 'api_token = "…"\nsend(1)\nlog("…", x="a…b")\n'


def test_a_word_is_not_hidden_within_names() -> None:
    """Or a default password that is called like the project takes the addresses of its modules with it."""
    again = 'URLS = "serenity.urls"\nPLACE = "/serenity/x"\nSAME = ["serenity", "a:serenity@b"]\n'
    text = f'PASSWORD = env("DB_PASSWORD", "serenity")\n{again}'
    ranges = secrets.hidden_ranges(text, scan(text))
    assert redacted(text, 0, ranges).splitlines()[1:] == [
        'URLS = "serenity.urls"',
        'PLACE = "/serenity/x"',
        'SAME = ["…", "a:…@b"]',
    ]


def test_anchor_tells_nothing_of_the_value() -> None:
    one, other = (scan(f'password = "{value}"\n')[0][1].anchor for value in ("kaylee-serenity9", "inara-serenity8"))
    assert one == other


# --- broken, huge, odd -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.js", "const token = " + " + ".join(["'a'"] * 4000) + ";\n"),
        ("app.js", "const password = " + "(" * 3000 + "'x'" + ")" * 3000),
        ("app.js", "const secret = [" * 2000 + "'x'" + "]" * 2000),
        ("app.js", "const tokens = {" + ",".join(f"k{i}: 'v{i}'" for i in range(4000)) + "};\n"),
        ("app.js", "secret" * 20000 + " = 'x'"),
        ("app.yaml", "server=a " * 5000 + "password=" + "\n"),
        ("app.yaml", "a://" + "b:" * 20000 + "@"),
        ("app.xml", "<add " * 5000),
        ("run.sh", "curl " * 5000 + "mysql " * 5000),
        ("app.json", '{"password": "' + "\\" * 20001),
        (".env", "PASSWORD='" + "x" * 50000),
        ("app.ini", "-----BEGIN " + "PRIVATE KEY-----" * 3000),
        ("app.js", "\ud800 const password = 'kaylee-serenity9';"),
    ],
    ids=range(13),
)
def test_odd_input_ends(path: str, text: str) -> None:
    """Deep nesting, endless lines and lone surrogates are read to the end, in linear time and without an exception."""
    for _, alert in scan(text, path):
        at, end = alert.span()
        assert 0 <= at <= end <= len(text)


def test_python_that_does_not_parse_is_still_read() -> None:
    text = f"print 'old'\nGITHUB_CLIENT_SECRET = '{KEY}'\n# api_token = '{KEY}'\n"
    file = SourceFile("old.py", "old.py", Language.PYTHON, Role.SOURCE, len(text))
    alerts, _ = secrets.scan(file, text, None)
    assert [rule for rule, _ in alerts] == ["hardcoded-token", "hardcoded-token"]


def test_same_input_same_output() -> None:
    text = "".join(f'password_{i} = "kaylee-{i}"; url = "amqp://a:kaylee{i}@q.internal"\n' for i in range(20))
    assert scan(text) == scan(text)
    spans = [alert.span() for _, alert in scan(text)]
    assert spans == sorted(spans)


def test_families_of_files() -> None:
    expected = {
        "deploy/.env.production": "env",
        "docker-compose.prod.yml": "yaml",
        "Dockerfile.web": "docker",
        "terraform.tfvars": "toml",
        "settings.json.example": "json",
        ".pypirc": "ini",
        ".npmrc": "npmrc",
        "web.config": "xml",
        "notes.txt": "",
    }
    assert {path: from_config.family(path) for path in expected} == expected


# --- compose files, cookies, translations ------------------------------------------------------------------------------


def test_a_message_for_a_missing_variable_is_no_default() -> None:
    assert rules("services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:?err}\n", "compose.yml") == []
    assert rules("db: {PASSWORD: hunter2x}\n", "app.yml") == ["hardcoded-password"]


@pytest.mark.parametrize("folder", ["docker/development", "docker/testing"])
def test_a_stack_for_developers_holds_no_secret(folder: str) -> None:
    text = "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=hunter2x\n"
    assert rules(text, f"{folder}/compose.yml") == []
    assert rules(text, "docker/production/compose.yml") == ["hardcoded-password"]


def test_a_word_in_a_pipeline_is_no_secret_of_a_service() -> None:
    text = "env:\n  AWS_SECRET_ACCESS_KEY: {}\n"
    assert rules(text.format("administrator"), ".github/workflows/main.yml") == []
    assert rules(text.format(noise(40)), ".github/workflows/main.yml") != []


def test_the_name_of_a_cookie_is_no_key() -> None:
    assert rules("const COOKIE_KEY = 'reportProperties';\n", "storage.js") == []
    assert rules("const COOKIE_SECRET = 'reportProperties';\n", "storage.js") == ["hardcoded-secret-key"]


def test_a_label_of_a_header_is_translated() -> None:
    label = '{"Webhooks": {"Header Authorization": "Kopfzeilen-Autorisierung"}}\n'
    assert rules(label, "locales/de.json") == []


def test_a_file_for_developers_configures_no_service() -> None:
    text = '{"server": "http://localhost:9000", "secretKey": "topSecret123"}\n'
    assert rules(text, "config/s3-dev.json") == []
    assert rules(text, "config/s3.json") == ["hardcoded-secret-key"]
