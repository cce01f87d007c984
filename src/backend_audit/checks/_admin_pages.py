"""Pages that a class of Django's admin adds: what `get_urls` lists is guarded by nothing unless `admin_view` wraps it.

https://docs.djangoproject.com/en/stable/ref/contrib/admin/#django.contrib.admin.ModelAdmin.get_urls
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._view import FileView
from backend_audit.flow.written import last_word, written

_REGISTERS = frozenset(("path", "re_path", "url"))
_ASKS = re.compile(r"permission|is_staff|is_superuser|is_authenticated|PermissionDenied|request\.user|admin_view")
_WRAPS = "admin_view"


def bare_pages(function: ir.Function, owner: ir.Class, file: FileView) -> Iterator[tuple[ir.Call, ir.Expr, bool]]:
    """The registrations in a `get_urls` whose view nothing wraps, and which asks nobody itself; whether others are wrapped."""
    if function.name != "get_urls" or not any(last_word(base.value).endswith("Admin") for base in owner.bases):
        return
    calls = (one for one in ir.walk_scope(*function.body) if isinstance(one, ir.Call))
    listed = [one for one in calls if (file.api(one.func) or "").rpartition(".")[2] in _REGISTERS]
    views = [(one, one.args[1].value) for one in listed if len(one.args) > 1]
    wrapped = any(isinstance(view, ir.Call) and last_word(view.func) == _WRAPS for _, view in views)
    for call, view in views:
        if not isinstance(view, (ir.Name, ir.Attribute)):
            continue
        known = _definition(view, owner, file.module)
        if (known is None and wrapped and isinstance(view, ir.Name)) or (known is not None and not _asks(known)):
            yield call, view, wrapped


def _definition(view: ir.Expr, owner: ir.Class, module: ir.Module) -> ir.Function | None:
    """The method or function of the file that a view is; None for one that is imported, or inherited."""
    name = last_word(view)
    own = isinstance(view, ir.Attribute) and written(view.value) in ("self", "cls")
    body = owner.body if own else module.body if isinstance(view, ir.Name) else []
    return next((one for one in body if isinstance(one, ir.Function) and one.name == name), None)


def _asks(function: ir.Function) -> bool:
    """Whether a view asks for a right in any way: by a decorator, or in its body."""
    inside = (one for one in ir.walk(*function.body) if isinstance(one, (ir.Name, ir.Attribute)))
    return bool(function.decorators) or any(_ASKS.search(written(one)) for one in inside)
