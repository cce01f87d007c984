from .building import build
from .tables import USERS as exported

LIMIT = 100
__all__ = ["LIMIT", "build", "exported"]
