"""Which files there are, what each is for, and which are passed over."""

from backend_audit.discover.find import discover
from backend_audit.discover.model import DiscoverOptions, Discovery

__all__ = ["DiscoverOptions", "Discovery", "discover"]
