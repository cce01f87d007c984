"""The words by which hardening checks tell secrets from other values, and development files from production's."""

import pytest

from backend_audit.checks._context import development_file, script_file
from backend_audit.checks._purpose import password_name, secret_name


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "reset_token",
        "session_id",
        "mysession",
        "otp",
        "verification_code",
        "rememberMe",
        "apiKey",
        "csrf_token",
        "set_cookie",
        "cookie_id",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert secret_name(name), name


@pytest.mark.parametrize(
    "name",
    [
        "token_count",
        "num_tokens",
        "delay",
        "index",
        "is_token_expired",
        "session_timeout",
        "has_password",
        "colour",
        "",
        "token_url",
        "oauth_id",
    ],
)
def test_names_of_other_values(name: str) -> None:
    assert not secret_name(name), name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("password", True), ("new_passwd", True), ("user_pw", True), ("password_file", False), ("compass", False)],
)
def test_names_of_passwords(name: str, wanted: bool) -> None:
    assert password_name(name) is wanted, name


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("shop/settings/local.py", True),
        ("shop/settings_dev.py", True),
        ("shop/settings/test.py", True),
        ("examples/app.py", True),
        ("shop/settings.py", False),
        ("shop/settings/production.py", False),
        ("shop/test.py", False),
        ("device/app.py", False),
    ],
)
def test_files_of_development(path: str, wanted: bool) -> None:
    assert development_file(path) is wanted, path


def test_files_of_tools() -> None:
    assert script_file("bin/release.py")
    assert not script_file("shop/bin.py")
