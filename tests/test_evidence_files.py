"""Evidence in files without code: gateways' own configuration, compose, written descriptions; both ways."""

from pathlib import Path

import pytest

from backend_audit.signs.rows import EvidenceError, load_rows
from test_evidence import EXPRESS, FASTAPI, states_of

ROUTES = "@app.get('/v1/a')\ndef a() -> str:\n    return 'a'\n@app.get('/b')\ndef b() -> str:\n    return 'b'\n"
LOCATION = "location ~ ^/(login|reset) {\n    limit_req zone=login burst=1;\n    proxy_pass http://web;\n}\n"
SERVER = "server {\n    listen 80;\n    set $base '${BASE}';\n%s    location / {\n        proxy_pass http://web;\n    }\n}\n"
TRAEFIK = (
    "http:\n  routers:\n    api:\n      rule: 'PathPrefix(`/api`)'\n      service: api\n"
    "  services:\n    api:\n      loadBalancer:\n"
)
CADDY = "example.com {\n    reverse_proxy web:8000%s\n    encode zstd gzip\n%s}\n"
MESH = "mesh:\n  enabled: %s\n  # annotations of every pod\n  annotations:\n    linkerd.io/inject: enabled\n\nimage: app\n"
BUILT = "services:\n  web:\n    build: .\n    healthcheck:\n      test: %s\n"

SHOWN = {
    "limits of one location": ("must-05", "nginx/locations", LOCATION, "partial"),
    "limits of a whole server": ("must-05", "nginx/site.conf.template", SERVER % "    limit_req zone=all;\n", "met"),
    "limits of all paths": ("must-05", "nginx.conf", "location / {\n    limit_req zone=all;\n}\n", "met"),
    "limits of one location among others": ("must-05", "nginx.conf", SERVER % f"    {LOCATION}", "partial"),
    "a zone that nothing uses": (
        "must-05",
        "nginx.conf",
        "limit_req_zone $binary_remote_addr zone=a:10m rate=1r/s;\n",
        "missing",
    ),
    "limits of Caddy": ("must-05", "Caddyfile", CADDY % ("", "    rate_limit {\n        zone a\n    }\n"), "partial"),
    "a server of Caddy": ("must-05", "Caddyfile", CADDY % ("", ""), "missing"),
    "several servers behind Caddy": ("elite-load-balancing", "Caddyfile", CADDY % (" other:8000", ""), "partial"),
    "one server behind Caddy": ("elite-load-balancing", "Caddyfile", CADDY % ("", ""), "not-assessed"),
    "how Caddy chooses": ("elite-load-balancing", "Caddyfile", CADDY % (" {\n lb_policy least_conn\n}", ""), "partial"),
    "how long others may keep answers": (
        "must-06",
        "Caddyfile",
        CADDY % ("", '    header Cache-Control "public, max-age=9"\n'),
        "met",
    ),
    "answers that nobody may keep": ("must-06", "Caddyfile", CADDY % ("", '    header Cache-Control "no-store"\n'), "missing"),
    "files that browsers keep": ("must-06", "nginx/sites", "location /static {\n    expires 30d;\n}\n", "met"),
    "files that browsers do not keep": ("must-06", "nginx/sites", "location /static {\n    expires off;\n}\n", "missing"),
    "connections that nginx keeps": (
        "elite-connection-reuse",
        "nginx/server_config",
        "upstream web {\n    keepalive 4;\n}\n",
        "met",
    ),
    "connections of browsers": ("elite-connection-reuse", "nginx/server_config", "keepalive_timeout 65;\n", "missing"),
    "routes of Traefik": ("advanced-gateway", "proxy/traefik/config.yml", TRAEFIK, "met"),
    "a package that is the gateway": ("advanced-gateway", "gateway/package.json", '{\n  "name": "@shop/api-gateway"\n}\n', "met"),
    "a package of something else": (
        "advanced-gateway",
        "a/package.json",
        '{\n  "name": "payment-gateway-api"\n}\n',
        "not-assessed",
    ),
    "routers of something else": ("advanced-gateway", "config.yml", "routers:\n  - name: office\n", "not-assessed"),
    "a firewall beside": ("elite-waf", "compose.yml", "services:\n  f:\n    image: ghcr.io/techarohq/anubis:latest\n", "met"),
    "a firewall that is not used": (
        "elite-waf",
        "compose.yml",
        "services:\n#    image: owasp/modsecurity-crs:nginx\n",
        "not-assessed",
    ),
    "a server that the code does not ask": (
        "elite-pooling",
        "compose.yml",
        "services:\n  db:\n    image: postgres:17\n",
        "not-applicable",
    ),
    "compose asks the service": (
        "must-09",
        "docker-compose.yml",
        BUILT % '["CMD", "curl", "-f", "http://localhost:8000"]',
        "partial",
    ),
    "compose asks the database": ("must-09", "docker-compose.yml", BUILT % '["CMD", "pg_isready"]', "missing"),
    "an operation that goes": (
        "advanced-versioning",
        "openapi.json",
        '{\n  "openapi": "3.1.0",\n  "deprecated": true\n}\n',
        "met",
    ),
    "none that goes": ("advanced-versioning", "openapi.json", '{\n  "openapi": "3.1.0",\n  "deprecated": false\n}\n', "partial"),
    "what a chart brings": ("elite-zero-trust", "chart/values.yaml", f"app:\n  port: 80\n{MESH % 'true'}", "partial"),
    "what a chart switches off": ("elite-zero-trust", "chart/values.yaml", f"app:\n  port: 80\n{MESH % 'false'}", "not-assessed"),
    "another thing that is off": (
        "elite-zero-trust",
        "chart/values.yaml",
        f"jobs:\n  enabled: false\n\n{MESH % 'true'}",
        "partial",
    ),
}


@pytest.mark.parametrize("what", SHOWN)
def test_what_files_show_and_what_they_do_not(tmp_path: Path, what: str) -> None:
    criterion, name, text, state = SHOWN[what]
    code = EXPRESS + "fetch('https://a.example')\n" if criterion == "elite-connection-reuse" else FASTAPI + ROUTES
    (tmp_path / ("a.js" if code.startswith("const") else "a.py")).write_text(code)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    assert states_of(tmp_path)[criterion] == state


@pytest.mark.parametrize(
    ("row", "told"),
    [('files = ["@caddy"]\nline = "a"', "unknown group '@caddy'"), ('calls = "a"\nlanguage = "ruby"', "unknown language 'ruby'")],
)
def test_groups_and_languages_that_nobody_knows_are_refused(row: str, told: str) -> None:
    with pytest.raises(EvidenceError, match=told):
        load_rows([("rows.toml", f'[kinds]\nx = "x"\n[groups]\nnginx = ["*.conf"]\n[[evidence]]\nkind = "x"\n{row}\n')])


def test_a_group_stands_for_its_files() -> None:
    text = '[kinds]\nx = "x"\n[groups]\na = ["*.one", "*.two"]\n[[evidence]]\nkind = "x"\nfiles = ["@a", "*.three"]\nline = "a"\n'
    assert load_rows([("rows.toml", text)]).every[0].files == ("*.one", "*.two", "*.three")
