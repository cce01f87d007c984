"""Candidates of configuration: `.env`, YAML, TOML, INI, properties, JSON, XML, Dockerfile, compose, shell, netrc and the like.

Read line by line, not parsed: positions are exact, a broken file is still read, and templates (Helm, Jinja) do not disturb.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import PurePosixPath

from backend_audit.secrets.candidate import Candidate, How
from backend_audit.secrets.values import traits

_NAME = r"(?P<name>[A-Za-z_][\w./-]{0,80})"
_QUOTED = r"""(?P<q>["'])(?P<quoted>(?:\\.|(?!(?P=q))[^\\\n])*)(?P=q)"""
_ENV = re.compile(
    rf"""^[ \t]*(?:export[ \t]+|set[ \t]+|ENV[ \t]+|ARG[ \t]+)?{_NAME}[ \t]*=[ \t]*(?:{_QUOTED}|(?P<plain>[^\n\r]*))""",
    re.MULTILINE,
)
_INI = re.compile(rf"""^[ \t]*{_NAME}[ \t]*[=:][ \t]*(?:{_QUOTED}|(?P<plain>[^\n\r]*))""", re.MULTILINE)
_TOML = re.compile(rf"""(?:^|[{{,])[ \t]*["']?{_NAME}["']?[ \t]*=[ \t]*{_QUOTED}""", re.MULTILINE)
_YAML = re.compile(
    rf"""^[ \t]*(?:-[ \t]+)*["']?(?P<name>[A-Za-z_$][\w./ -]{{0,80}}?)["']?[ \t]*:[ \t]+
         (?:&\w+[ \t]+)?(?:!!?(?:str|binary)[ \t]+)?(?:{_QUOTED}|(?P<plain>[^\s\#{{\[|>&*!"'\n\r][^\n\r]*))""",
    re.MULTILINE | re.VERBOSE,
)
_YAML_FLOW = re.compile(
    rf"""(?<!\$)[{{,][ \t]*["']?{_NAME}["']?[ \t]*:[ \t]*(?:{_QUOTED}|(?P<plain>[^\s,{{}}\[\]"'\n][^,{{}}\n]*))"""
)
_YAML_ENTRY = re.compile(
    r"""^[ \t]*-?[ \t]*(?:name|key)[ \t]*:[ \t]*["']?(?P<name>[\w./-]+)["']?[ \t]*(?:\#.*)?\r?\n"""
    rf"""[ \t]*value[ \t]*:[ \t]*(?:{_QUOTED}|(?P<plain>[^\s\#{{\[|>&*!"'\n\r][^\n\r]*))""",
    re.MULTILINE | re.VERBOSE,
)
_LIST_ENV = re.compile(rf"""^[ \t]*-[ \t]*(?P<o>["']?){_NAME}=(?P<plain>[^\n\r]*?)(?P=o)[ \t]*(?:\#.*)?$""", re.MULTILINE)
_JSON = re.compile(r'"(?P<name>[^"\\\n]{1,80})"[ \t]*:[ \t]*"(?P<quoted>(?:\\.|[^"\\\n])*)"')
_JSON_ENTRY = re.compile(
    r'"(?:name|key|Name|Key|id)"\s*:\s*"(?P<name>[^"\\\n]{1,80})"\s*,\s*"(?:value|Value)"\s*:\s*"(?P<quoted>(?:\\.|[^"\\\n])*)"'
)
_XML = re.compile(
    r"<(?P<name>[A-Za-z][\w.-]{0,60})>(?P<plain>[^<>\n]{3,300})</(?P=name)>"
    r"""|<(?:add|property|param|entry|setting|variable|env)\b[^>\n]{0,200}?\b(?:key|name)=["'](?P<label>[^"'\n]{1,80})["']"""
    r"""[^>\n]{0,200}?\bvalue=["'](?P<quoted>[^"'\n]{3,300})["']"""
    r"""|\b(?P<attribute>[A-Za-z][\w-]{0,40})=(?P<q>["'])(?P<inner>[^"'\n]{3,300})(?P=q)"""
)
_DOCKER = re.compile(
    rf"""(?:^(?:ENV|ARG)[ \t]+|(?<=[ \t])){_NAME}(?:=|(?<=\w)[ \t]+(?=\S+[ \t]*$))"""
    rf"""(?:{_QUOTED}|(?P<plain>[^\s"'\n]+))""",
    re.MULTILINE,
)
_SHELL = re.compile(
    rf"""(?:^|[;&|(\s])(?:export[ \t]+|local[ \t]+|readonly[ \t]+|declare[ \t]+(?:-\w+[ \t]+)?)?{_NAME}="""
    rf"""(?:{_QUOTED}|(?P<plain>[^\s;&|"'()<>`]+))""",
    re.MULTILINE,
)
_OPTION = re.compile(
    r"""(?<=\s)--?(?P<name>[a-z][\w-]{2,40})(?:=|[ \t]+)"""
    r"""(?:(?P<q>["'])(?P<quoted>[^"'\n]{3,200})(?P=q)|(?P<plain>[^\s"'$<>|;&-][^\s"'<>|;&]{2,200}))"""
)
_CURL_USER = re.compile(
    r"""\bcurl\b[^\n|;]{0,300}?\s(?:-u|--user|--proxy-user)[ =]?(?P<q>["']?)[^\s:"'$]+:(?P<plain>[^\s"'$]+)(?P=q)"""
)
_HEADER = re.compile(r"""(?:-H|--header)[ =]?(?P<q>["'])(?P<name>[A-Za-z-]{2,40}):[ ]*(?P<plain>[^"'\n]+)(?P=q)""")
_MYSQL = re.compile(
    r"""\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]{0,300}?\s-p(?P<q>["']?)(?P<plain>[^\s"'$-][^\s"']{2,})(?P=q)"""
    r"""|\bsshpass[ ]+-p[ ]*(?P<q2>["']?)(?P<other>[^\s"'$][^\s"']+)(?P=q2)"""
)
_SERVER = re.compile(r"""--?(?:requirepass|masterauth)[ =]+(?P<q>["']?)(?P<plain>[^\s"'$]{3,200})(?P=q)""")
_NETRC = re.compile(r"(?:\blogin[ \t]+\S+\s+)?\bpassword[ \t]+(?P<plain>[^\s]+)")
_NPMRC = re.compile(r"^[ \t]*(?:[^\n=]*:)?_(?P<name>authToken|auth|password)[ \t]*=[ \t]*(?P<plain>[^\n\r]+)", re.MULTILINE)
_PGPASS = re.compile(r"^[^#\n:]+:(?:\d+|\*):[^\n:]+:[^\n:]+:(?P<plain>[^\n\r]+)$", re.MULTILINE)

_YAML_ENDS = (".yml", ".yaml")
_INI_ENDS = (".ini", ".cfg", ".conf", ".config", ".properties", ".cnf", ".editorconfig", ".gitconfig", ".pypirc")
_SHELL_ENDS = (".sh", ".bash", ".zsh", ".ksh", ".bat", ".cmd", ".ps1", ".envrc", "makefile", "procfile")


def family(path: str) -> str:
    """Which syntax the file's name promises."""
    name = PurePosixPath(path).name.lower()
    for ending in (".example", ".sample", ".template", ".dist", ".tmpl", ".tpl", ".j2", ".bak", ".orig", ".old"):
        name = name.removesuffix(ending) or name
    if name in {".npmrc", ".yarnrc"}:
        return "npmrc"
    if name in {".netrc", "_netrc"}:
        return "netrc"
    if name in {".pgpass", "pgpass.conf"}:
        return "pgpass"
    if name.startswith(("dockerfile", "containerfile")) or name.endswith((".dockerfile", "dockerfile")):
        return "docker"
    if name.endswith(_YAML_ENDS):
        return "yaml"
    if name.endswith((".json", ".jsonc", ".json5", ".ipynb", ".tfstate", ".dockercfg")) or name in {".babelrc", ".eslintrc"}:
        return "json"
    if name.endswith((".toml", ".tf", ".tfvars", ".hcl", "pipfile")):
        return "toml"
    if name.endswith((".xml", ".csproj", ".plist")) or name in {"web.config", "app.config"}:
        return "xml"
    if name.endswith(_SHELL_ENDS):
        return "shell"
    if name.startswith(".env") or name.endswith(".env") or ".env." in name or name in {"env", ".flaskenv"}:
        return "env"
    return "ini" if name.endswith(_INI_ENDS) else ""


_PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "env": (_ENV,),
    "ini": (_INI,),
    "toml": (_TOML, _ENV),
    "yaml": (_YAML_ENTRY, _YAML, _YAML_FLOW, _LIST_ENV),
    "json": (_JSON_ENTRY, _JSON),
    "xml": (_XML,),
    "docker": (_DOCKER, _HEADER, _CURL_USER),
    "shell": (_SERVER, _SHELL, _HEADER, _CURL_USER, _MYSQL, _OPTION),
    "netrc": (_NETRC,),
    "npmrc": (_NPMRC,),
    "pgpass": (_PGPASS,),
}
_LOGIN = {
    id(_SERVER): "password",
    id(_CURL_USER): "password",
    id(_MYSQL): "password",
    id(_NETRC): "password",
    id(_PGPASS): "password",
}
_COMMENT = re.compile(r"[ \t]+[#;].*$")
_RUN = re.compile(r"^[ \t]*RUN\b(?:[^\n]*\\\r?\n)*[^\n]*", re.MULTILINE | re.IGNORECASE)
_JSON_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")


def extract(path: str, text: str) -> tuple[list[Candidate], list[tuple[int, int]]]:
    """Candidates and the spans of comment lines."""
    kind = family(path)
    found: dict[tuple[int, int], Candidate] = {}
    for pattern in _PATTERNS.get(kind, ()):
        for match in pattern.finditer(text):
            candidate = _candidate(match, kind, text)
            if candidate is not None:
                found.setdefault((candidate.at, candidate.end), candidate)
    if kind == "yaml":
        for candidate in _scripts(text):
            found.setdefault((candidate.at, candidate.end), candidate)
    if kind == "json":
        _with_siblings(found, text)
    if kind == "docker":
        runs = [match.span() for match in _RUN.finditer(text)]
        found = {span: one for span, one in found.items() if not _only_while_building(one, runs)}
    return _with_neighbours(list(found.values())), _comments(text, kind)


def _only_while_building(one: Candidate, runs: list[tuple[int, int]]) -> bool:
    """`RUN SECRET_KEY=temporary python manage.py compress`: a word for one command, which no image keeps as a setting."""
    if traits(one.value).random or any(char.isdigit() for char in one.value):
        return False
    before = bisect_right(runs, one.at, key=lambda span: span[0])
    return before > 0 and one.at < runs[before - 1][1]


def _with_neighbours(found: list[Candidate]) -> list[Candidate]:
    """What stands two entries before or after, and near, counts as belonging together: user and password, id and secret."""
    found.sort(key=lambda one: one.at)
    return [
        one._replace(siblings=(*one.siblings, *(n.name for n in found[max(0, i - 2) : i + 3] if abs(n.at - one.at) < 160)))
        for i, one in enumerate(found)
    ]


def _candidate(match: re.Match[str], kind: str, text: str) -> Candidate | None:
    groups = match.groupdict()
    slot = next((g for g in ("quoted", "plain", "inner", "other") if groups.get(g) is not None), "")
    if not slot:
        return None
    name = groups.get("name") or groups.get("label") or groups.get("attribute") or _LOGIN.get(id(match.re), "")
    at, end = match.span(slot)
    value = text[at:end]
    if slot == "plain":
        value = _COMMENT.sub("", value).rstrip()
        if kind in {"yaml", "toml"}:
            value = value.rstrip(",")
        end = at + len(value)
    elif kind == "json" and "\\" in value:
        value = _JSON_ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if m[1][0] == "u" and len(m[1]) == 5 else m[1], value)
    if not value or not name:
        return None
    if value.startswith("${") and (default := re.fullmatch(r"\$\{(\w+):?[-=](.+)\}", value)):
        shift = value.index(default[2], default.end(1))
        return Candidate(default[2], name, How.FALLBACK, at + shift, at + shift + len(default[2]), source=default[1])
    return Candidate(value, name.strip(), How.KEYED, at, end)


def _with_siblings(found: dict[tuple[int, int], Candidate], text: str) -> None:
    """JSON web keys: `d` and `k` are private only beside `kty`."""
    if '"kty"' not in text:
        return
    for key, one in list(found.items()):
        if one.name in {"d", "k"} and '"kty"' in _object_around(text, one.at):
            found[key] = one._replace(siblings=("kty",))


def _object_around(text: str, at: int) -> str:
    start, end = text.rfind("{", 0, at), text.find("}", at)
    return text[max(start, 0) : end if end >= 0 else len(text)]


def _scripts(text: str) -> Iterator[Candidate]:
    """Shell in YAML: headers, logins and options of the commands that CI files and compose files run."""
    for pattern in (_HEADER, _CURL_USER, _MYSQL, _SERVER):
        for match in pattern.finditer(text):
            candidate = _candidate(match, "shell", text)
            if candidate is not None:
                yield candidate


def _comments(text: str, kind: str) -> list[tuple[int, int]]:
    marks = {"ini": "#;", "xml": "", "json": "/"}.get(kind, "#")
    if not marks:
        return [match.span() for match in re.finditer(r"<!--[\s\S]*?-->", text)]
    return [match.span() for match in re.finditer(rf"^[ \t]*(?:[{marks}]|//).*$", text, re.MULTILINE)]
