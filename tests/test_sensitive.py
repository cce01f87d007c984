"""What names say about values: `backend_audit.flow.sensitive`."""

import pytest

from backend_audit.flow import sensitive
from backend_audit.flow.bound import Given
from backend_audit.flow.origins import Origin
from backend_audit.flow.parts import part_of
from backend_audit.flow.values import Value, container

SECRETS = [
    ("password", "password"),
    ("PASSWORD", "password"),
    ("db_password", "password"),
    ("dbPassword", "password"),
    ("userpassword", "password"),
    ("new_password1", "password"),
    ("password_confirm", "password"),
    ("smtp_pass", "password"),
    ("pwd", "password"),
    ("plain_pw", "password"),
    ("password_for_user", "password"),
    ("token", "token"),
    ("accessToken", "token"),
    ("reset_token", "token"),
    ("refresh_tokens", "token"),
    ("X-Auth-Token", "token"),
    ("token_from_header", "token"),
    ("AWS_SECRET_ACCESS_KEY", "secret key"),
    ("SECRET_KEY", "secret key"),
    ("api_key", "API key"),
    ("X-API-Key", "API key"),
    ("apiKeys", "API key"),
    ("stripe_apikey", "API key"),
    ("private_key_pem", "private key"),
    ("client_secret", "secret"),
    ("Authorization", "credential"),
    ("authorization_header", "credential"),
    ("credentials", "credential"),
    ("otp", "one-time code"),
    ("reset_password_code", "one-time code"),
    ("session_id", "session id"),
    ("card_number", "identity or card number"),
    ("socialSecurityNumber", "identity or card number"),
    ("bank_account_number", "identity or card number"),
]

HARMLESS = [
    "",
    "_",
    "user",
    "password_reset_url",
    "password_field",
    "password_length",
    "has_password",
    "is_token_valid",
    "requires_token",
    "cacheToken",
    "lock_token",
    "token_id",
    "token_type",
    "token_url",
    "token_count",
    "tokenizer",
    "tokens",
    "num_tokens",
    "max_tokens",
    "csrf_token",
    "next_page_token",
    "pagination_token",
    "hashed_password",
    "password_hash",
    "masked_api_key",
    "encrypted_secret",
    "secret_name",
    "public_key",
    "primary_key",
    "cache_key",
    "key",
    "keys",
    "key_id",
    "access_key_id",
    "api_key_name",
    "secretary",
    "compass",
    "pass",
    "passed",
    "status_code",
    "country_code",
    "id",
    "phone_number",
    "account_number",
    "security",
    "card",
    "ACCESS_TOKEN_EXPIRE_MINUTES",
    "author",
    "credential_manager",
]


@pytest.mark.parametrize(("name", "kind"), SECRETS)
def test_names_of_secrets(name: str, kind: str) -> None:
    assert sensitive.classify(name) == kind


@pytest.mark.parametrize("name", HARMLESS)
def test_names_that_only_mention_secrets(name: str) -> None:
    assert sensitive.classify(name) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [("get_password", "password"), ("create_access_token", "token"), ("verify_token", None), ("hash_password", None)],
)
def test_what_functions_return(name: str, kind: str | None) -> None:
    assert sensitive.classify(name, call=True) == kind


def test_hashes_and_addresses() -> None:
    assert sensitive.is_password_hash("hashed_password")
    assert not sensitive.is_password_hash("password")
    assert sensitive.is_connection_string("SQLALCHEMY_DATABASE_URI")
    assert not sensitive.is_connection_string("redirect_url")


def test_what_is_computed_of_an_object_is_not_the_secret_in_its_field() -> None:
    """`storage.write(data)` gives no key; `list(keys)` and a secret that is the part itself are told."""
    key = Value(origins=frozenset((Origin("secret", ("api_key",), "API key"),)))
    storage = Value(types=frozenset((":storage.py:Storage@00000000",)), items={"key": key})
    given = Given([(0, Value(items={"storage": storage, "key": key, "keys": container("list", {0: key})}))])

    def told(step: str) -> bool:
        return any(origin.label == "secret" for origin in given.part(0, (step,), part_of))

    assert {step: told(step) for step in ("storage", "key", "keys")} == {"storage": False, "key": True, "keys": True}
