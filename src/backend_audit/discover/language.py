"""The language of a file, by its name or its first line."""

import re

from backend_audit.discover.model import words
from backend_audit.source import Language

LOCK_FILES = "lock files"
TYPE_DECLARATIONS = "type declarations"

_CODE = {
    "py": Language.PYTHON,
    "pyw": Language.PYTHON,
    "js": Language.JAVASCRIPT,
    "mjs": Language.JAVASCRIPT,
    "cjs": Language.JAVASCRIPT,
    "jsx": Language.JAVASCRIPT,
    "ts": Language.TYPESCRIPT,
    "tsx": Language.TYPESCRIPT,
    "mts": Language.TYPESCRIPT,
    "cts": Language.TYPESCRIPT,
}
_CONFIG_ENDINGS = words(
    "env yml yaml toml ini cfg conf cnf config properties json json5 jsonc sh bash zsh ksh pem key ppk tf tfvars hcl dockerfile "
    "prisma proto"
)
_CONFIG_NAMES = words(
    ".npmrc .yarnrc .pypirc .netrc _netrc .pgpass .my.cnf .htpasswd .dockercfg .dockerconfigjson .git-credentials .s3cfg "
    ".boto .flaskenv .envrc .credentials id_rsa id_dsa id_ecdsa id_ed25519 credentials procfile pipfile"
)
_CONFIG_PREFIXES = (".env", "dockerfile", "containerfile", "docker-compose", "caddyfile")
_REQUIREMENTS = re.compile(r"^(?:[\w-]+[-_])?requirements[\w.-]*\.(?:txt|in)$")
_LOCKS = words(
    "package-lock.json npm-shrinkwrap.json pnpm-lock.yaml pnpm-lock.yml yarn.lock bun.lock bun.lockb deno.lock poetry.lock "
    "uv.lock pdm.lock pipfile.lock pixi.lock composer.lock cargo.lock gemfile.lock conda-lock.yml conda-lock.yaml "
    "packages.lock.json gradle.lockfile mix.lock go.sum flake.lock pylock.toml package.resolved"
)
_TEMPLATE_ENDINGS = words("jinja2 jinja j2 mako ejs hbs handlebars mustache njk nunjucks pug jade")
_PAGE_ENDINGS = words("html htm xhtml")
_SERVER_FOLDERS = words("nginx conf.d sites-available sites-enabled")
_SERVER_CONFIG = (".conf", ".nginx", "caddyfile")
_FILLED_ENDINGS = words("template tmpl tpl j2 inc vhost nginx")  # of files that a start script fills in
_TEMPLATE_FOLDER = re.compile(r"template|jinja|^(?:views|layouts|partials|themes?|emails?)$")
# What no browser's own templates have: statements of Jinja and Django, tags of Mako.
_STATEMENT = re.compile(
    rb"\{%-?\s*(?:extends|block|include|load|import|from|macro|for|if|set|with|url|static|csrf_token|autoescape|trans)\b|"
    rb"<%(?:inherit|def|namespace|page|block|include|!)"
)
_DECLARATION = re.compile(r"\.d(\.[a-z]+)?\.[cm]?ts$")
_INTERPRETERS = (
    (re.compile(r"(python|pypy)[0-9.]*[a-z]?$"), Language.PYTHON),
    (re.compile(r"(tsx|ts-node|deno)$"), Language.TYPESCRIPT),
    (re.compile(r"(node|nodejs|bun)$"), Language.JAVASCRIPT),
    (re.compile(r"(ba|z|k|da|a)?sh$"), Language.CONFIG),
)


def language_of(name: str) -> tuple[Language, str]:
    """The language of a file called `name`, and why it is not judged ("" if it is).

    `OTHER` means that nothing is known by the name; a file without an ending may still say it in its first line.
    """
    lower = name.lower()
    ending = lower.rpartition(".")[2]
    if lower in _LOCKS:
        return Language.CONFIG, LOCK_FILES
    if ending == "pyi":
        return Language.PYTHON, TYPE_DECLARATIONS
    if language := _CODE.get(ending) if "." in lower else None:
        return language, TYPE_DECLARATIONS if _DECLARATION.search(lower) else ""
    named = lower in _CONFIG_NAMES or lower.startswith(_CONFIG_PREFIXES) or _REQUIREMENTS.match(lower)
    if named or ("." in lower and ending in _CONFIG_ENDINGS):
        return Language.CONFIG, ""
    return Language.OTHER, ""


def placed_language(path: str) -> Language:
    """What the ending and the folders of `path` say: `TEMPLATE` of web pages, `CONFIG` of a web server, else `OTHER`."""
    *folders, name = path.lower().split("/")
    stem, _, ending = name.rpartition(".")
    if stem.endswith(_SERVER_CONFIG) and ending in _FILLED_ENDINGS:
        return Language.CONFIG
    inside = not _SERVER_FOLDERS.isdisjoint(folders) and not stem.endswith((".html", ".htm"))
    if inside and ("." not in name or ending in _FILLED_ENDINGS):
        return Language.CONFIG
    if ending in _TEMPLATE_ENDINGS:
        inner = stem.rpartition(".")[2] if "." in stem else "html"
        return Language.TEMPLATE if inner in _PAGE_ENDINGS else Language.OTHER
    if stem and ending in _PAGE_ENDINGS and any(_TEMPLATE_FOLDER.search(folder) for folder in folders):
        return Language.TEMPLATE
    return Language.OTHER


def may_say_itself(name: str) -> bool:
    """Whether the beginning of a file is worth a look: of files without an ending, and of pages wherever they lie."""
    return "." not in name or name.lower().rpartition(".")[2] in _PAGE_ENDINGS


def language_by_head(name: str, head: bytes) -> Language:
    """The language that the beginning of a file says: its `#!` line, or the statements of a server's page."""
    if "." not in name:
        return language_of_shebang(head)
    return Language.TEMPLATE if _STATEMENT.search(head) else Language.OTHER


def language_of_shebang(head: bytes) -> Language:
    """The language that a `#!` line names, through `env`, its options and `uv run` alike."""
    if not head.startswith(b"#!"):
        return Language.OTHER
    line = head[2:].split(b"\n", 1)[0].decode("ascii", "replace").strip()
    for word in line.split():
        program = word.rpartition("/")[2]
        if program == "uv":
            return Language.PYTHON  # `uv run --script`
        for pattern, language in _INTERPRETERS:
            if pattern.match(program):
                return language
    return Language.OTHER
