from .invoices import amount
from .users import create_user

__all__ = ["amount", "create_user"]
