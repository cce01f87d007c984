"""Names of functions that check addresses, and of such that do not."""

import pytest

from backend_audit.flow import address


@pytest.mark.parametrize("name", ["is_safe_url", "url_is_allowed", "isSafeRedirect", "validate_url", "check_redirect_target"])
def test_true_lets_through(name: str) -> None:
    assert address.lets_through(name, holds=True)
    assert not address.lets_through(name, holds=False)


@pytest.mark.parametrize("name", ["is_private_ip", "isInternalHost", "host_is_blocked", "is_unsafe_url"])
def test_false_lets_through(name: str) -> None:
    assert address.lets_through(name, holds=False)
    assert not address.lets_through(name, holds=True)


@pytest.mark.parametrize("name", ["validate_url", "ensure_public_host", "_check_url_scheme"])
def test_coming_back_lets_through(name: str) -> None:
    assert address.raises(name)


@pytest.mark.parametrize("name", ["get_url", "urlparse", "fetch_host", "is_url", "validate_form", "startswith", "next"])
def test_no_check(name: str) -> None:
    assert not address.lets_through(name, holds=True)
    assert not address.lets_through(name, holds=False)
    assert not address.raises(name)
