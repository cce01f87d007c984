"""Files that set up what lives for a day: continuous integration, development stacks, throwaway databases."""

import re

from backend_audit.secrets.values import words

_PIPELINES = re.compile(
    r"(?:^|/)(?:\.github|\.ci|\.circleci|\.gitlab|\.buildkite|\.woodpecker|\.drone|\.semaphore|ci|molecule)/|(?:^|/)(?:\.gitlab-ci|\.gitpod|\.travis|circle\.yml|azure-"
    r"pipelines|bitbucket-pipelines|\.drone|appveyor|cloudbuild|jenkinsfile|cirun|\.cirrus|buildspec|codefresh)"
    r"|compose[\w.-]*(?:ci|test|cypress|e2e)\b|\.env(?:[.-](?:test|testing|ci|e2e)|-local)\b"
    r"|(?:^|/)(?:\.devcontainer|\.dev|\.worktree-container|\.vscode|\.devcontainers)/|compose[\w.-]*\b(?:dev|local|override)\b|taskfile"
)
_TRIALS = re.compile(
    r"(?:config|configuration|settings|conf)[_./-]?(?:test|tests|testing|ci|e2e|local|dev|devel|develop|development|local[_-]?dev)\.|(?:smoke|e2e|integration)[_-]?tests?\b"
    r"|(?:^|/)dev(?:elopment)?[_.-](?:server|app|main|index|seeds?|data)\b|(?:server|app|main|index|seeds?)[_.-]dev(?:elopment)?\.\w+$"
)
_LOCAL = re.compile(
    r"(?:^|/)(?:local[_-]?dev(?:elopment)?|dev[_-]?local|dev[_-]?stack|dev[_-]env(?:ironment)?|docker[_-]local|local[_-]docker)/"
    r"|(?:^|/)(?:dev|development|testing|e2e)/(?:docker-)?compose[\w.-]*\.ya?ml$"
)
# Made-up rows.
_SEEDS = re.compile(r"(?:^|/)(?:(?:db|data|prisma)?[_-]?(?:seeds?|seeders?|seeding)|(?:mock|sample|demo|dummy|fake)[_-]?data)/")
_OF_DEVELOPERS = re.compile(r"(?:^|/)\w+[-_.](?:dev|local|test)\.(?:json|toml)$")  # `s3-dev.json`
_COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$")
# A compose file that runs the working copy itself, or a server that restarts when the code changes.
_WORKING_COPY = re.compile(
    r"""^[ \t]*-[ \t]*["']?(?:\.|\./|\$\{?PWD\}?):/|^[ \t]*source:[ \t]*["']?\.["']?[ \t]*$
      | \bsettings[._](?:local|dev|development)\b|\b(?:\w+_)?ENV(?:IRONMENT)?[ \t]*[:=][ \t]*["']?dev(?:elopment)?\b
      | --reload\b|\brunserver\b|\bnodemon\b|\b(?:start|run)[:_-]?dev\b|\bdev_server\b|--debug\b
    """,
    re.MULTILINE | re.VERBOSE,
)
_STARTED = re.compile(r"\b(?:docker|podman)[ \t]+run\b")
_REMOVED = re.compile(r"\b(?:docker|podman)[ \t]+(?:container[ \t]+)?(?:rm|kill|stop)\b|\brun\b[^\n]*[ \t]--rm\b")


_WORDS_OF_TESTS = frozenset(("test", "tests", "testing"))
_WORDS_OF_SETTINGS = frozenset(("config", "configs", "configuration", "settings", "setting", "conf"))


def sets_up_trials(name: str) -> bool:
    """Whether a class or function holds the settings of tests: `TestingConfig`, `load_test_settings`."""
    said = set(words(name))
    return not said.isdisjoint(_WORDS_OF_TESTS) and not said.isdisjoint(_WORDS_OF_SETTINGS)


def is_trial(path: str, text: str, *, config: bool) -> bool:
    """Whether what the file configures is set up for a build, a test run or one developer's machine."""
    path = path.lower()
    if not config:
        return _TRIALS.search(path) is not None
    if any(one.search(path) is not None for one in (_PIPELINES, _OF_DEVELOPERS, _LOCAL, _SEEDS)):
        return True
    if _COMPOSE.search(path) is not None:
        return _WORKING_COPY.search(text) is not None
    return path.endswith(".sh") and _STARTED.search(text) is not None and _REMOVED.search(text) is not None


def is_local(path: str) -> bool:
    """Whether the file belongs to a stack of services that a developer starts on one machine."""
    return _LOCAL.search(path.lower()) is not None
