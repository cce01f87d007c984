"""The models of loggers: every way to write a record that they know is found, and masked values are left alone."""

from functools import cache

import pytest

from backend_audit.catalog import rules_root
from backend_audit.checks.secret_in_log import secret_in_log
from backend_audit.flow.concepts import LogRecord
from backend_audit.flow.engine import Engine
from backend_audit.flow.model_files import models_of
from backend_audit.link.project import Project
from backend_audit.lower.python import lower

SETUP = """
import logging, sys, warnings, hashlib, pprint
import structlog, loguru, logbook, sentry_sdk, click
from celery.utils.log import get_task_logger
from flask import Flask, current_app
from rich.console import Console

logger = logging.getLogger(__name__)
task_log = get_task_logger(__name__)
slog = structlog.get_logger()
console = Console()
app = Flask(__name__)
"""
CALLS = [
    "logging.info(X)",
    "logging.log(10, 'x %s', X)",
    "logger.debug('login %s', X)",
    "logger.exception(X)",
    "logger.log(20, X)",
    "logger.info('x', extra={'p': X})",
    "logger.getChild('a').warning('%s', X)",
    "task_log.error(X)",
    "slog.info('event', value=X)",
    "slog.bind(value=X)",
    "slog.bind(user=1).warning('event', value=X)",
    "loguru.logger.info('{}', X)",
    "loguru.logger.bind(a=1).success(X)",
    "logbook.Logger('x').notice(X)",
    "app.logger.info(X)",
    "current_app.logger.info(X)",
    "print(X)",
    "print('x', X, sep='')",
    "sys.stdout.write(X)",
    "pprint.pprint({'p': X})",
    "console.log(X)",
    "click.echo(X)",
    "warnings.warn(X)",
    "sentry_sdk.capture_message(X)",
    "sentry_sdk.set_extra('p', X)",
    "self.log.info(X)",
    "self.logger.info(X)",
]
SECRETS = [
    "password",
    "'password: ' + password",
    "f'password: {password}'",
    "'%s' % password",
    "'{}'.format(password)",
    "str(password)",
    "password.encode('utf-8')",
    "{'a': [password]}",
    "self.api_key",
    "request.headers['Authorization']",
    "os.environ['DB_PASSWORD']",
    "os.getenv('STRIPE_SECRET_KEY')",
    "get_password()",
    "user.get('access_token')",
    "settings.secret.get_secret_value()",
]
HARMLESS = [
    "'password'",
    "len(password)",
    "bool(password)",
    "password is None",
    "'set' if password else 'missing'",
    "hashlib.sha256(password.encode()).hexdigest()",
    "password[:3]",
    "password == other",
    "'token' in request.headers",
    "user.password_hash",
    "user.get('token_type')",
    "token_count",
    "mask(password)",
    "os.environ['PASSWORD_FILE']",
    "credentials.username",
]


def _module(call: str, value: str) -> str:
    return f"{SETUP}import os\ndef run(self, password, request, user, settings, credentials):\n    {call.replace('X', value)}\n"


def _cases() -> dict[str, tuple[str, bool]]:
    found = {f"call_{number}.py": (_module(call, "password"), True) for number, call in enumerate(CALLS)}
    found |= {f"quiet_{number}.py": (_module(call, "self.name"), False) for number, call in enumerate(CALLS)}
    found |= {f"secret_{number}.py": (_module("logger.info(X)", value), True) for number, value in enumerate(SECRETS)}
    found |= {f"harmless_{number}.py": (_module("logger.info(X)", value), False) for number, value in enumerate(HARMLESS)}
    return found


@cache
def _reported() -> frozenset[str]:
    modules = [lower(path, text) for path, (text, _) in _cases().items()]
    engine = Engine(Project(modules), models_of(rules_root()))
    records = (one for one in engine.concepts() if isinstance(one, LogRecord))
    return frozenset(one.site.path for one in records if list(secret_in_log(one)))


@pytest.mark.parametrize("path", sorted(_cases()))
def test_secrets_reach_the_log(path: str) -> None:
    text, expected = _cases()[path]
    assert (path in _reported()) is expected, text.rpartition("\n    ")[2]
