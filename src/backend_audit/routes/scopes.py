"""The roles, permissions and scopes that a guard is told to ask for, where it is attached."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.syntax import annotated_call
from backend_audit.flow.web_concepts import GuardMarker
from backend_audit.flow.written import written
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Guard

_PRIVILEGED = re.compile(r"admin|manage|owner|root|super|staff|moderator|maintainer", re.IGNORECASE)

_RIGHT = re.compile(r"permission|role|scope|admin|superuser|staff|right", re.IGNORECASE)
_NO_RIGHTS = frozenset(("login_url", "redirect_field_name", "raise_exception", "message"))


def asked(guard: Guard) -> tuple[str, tuple[str, ...]]:
    """A guard's name and what it is told to ask for."""
    return guard.name, guard.scopes


def asks_for_privilege(guard: Guard) -> bool:
    """Whether a guard is told to let few through: `allow([ROLES.admin])`; `check("logs", "read")` may be for all."""
    return any(map(_PRIVILEGED.search, guard.scopes))


def of_marker(marker: GuardMarker) -> tuple[str, ...]:
    """`Security(f, scopes=["me"])`, `Depends(require_role("admin"))`, `Depends(require(Permission.EDIT))`."""
    scopes = contents(None if marker.scopes is None else marker.scopes.value)
    inner = None if marker.function is None else marker.function.node
    return (*(text for one in scopes for text in one.texts()), *of_step(inner))


def of_annotation(annotation: ir.Expr | None) -> tuple[str, ...]:
    """`Annotated[User, Security(f, scopes=["me"])]`, as written: of an annotation, no value is followed."""
    call = annotated_call(annotation)
    if call is None:
        return ()
    scopes = [text for arg in call.args if arg.name == "scopes" for text in _constants(arg.value)]
    return (*scopes, *of_step(call.args[0].value if call.args else None))


def of_right(node: ir.Expr, guard: str) -> tuple[str, ...]:
    """As `of_decorator`, of a decorator of Django: without where it sends those that it turns away."""
    if isinstance(node, ir.Call):
        node = ir.Call(node.at, node.end, node.func, [arg for arg in node.args if arg.name not in _NO_RIGHTS])
    return of_decorator(node, guard)


def of_call(node: ir.Expr | None) -> tuple[str, ...]:
    """The texts that a guard is made with: `require_role("admin")`, `roles_required(["editor", "admin"])`."""
    return tuple(text for arg in node.args for text in _constants(arg.value)) if isinstance(node, ir.Call) else ()


def of_decorator(node: ir.Expr | None, guard: str) -> tuple[str, ...]:
    """As `of_call`, with names of rights: `secure(admin_permission)`; `before(admins_only)` names the guard itself."""
    given = (
        [written(arg.value) for arg in node.args if isinstance(arg.value, (ir.Name, ir.Attribute))]
        if isinstance(node, ir.Call)
        else []
    )
    return (*of_call(node), *(one for one in given if _RIGHT.search(one) and one.rpartition(".")[2] != guard))


def of_rights(node: ir.Expr | None) -> tuple[str, ...]:
    """What a guard is made with under a name for rights: `ApiKey(permissions={"mesh_control"})`, `ApiKey(superuser=True)`."""
    given = node.args if isinstance(node, ir.Call) else []
    asked = [arg for arg in given if arg.name and _RIGHT.search(arg.name) and not _is_nothing(arg.value)]
    return tuple(text for arg in asked for text in [*_constants(arg.value)] or [arg.name or ""])


def _is_nothing(node: ir.Expr) -> bool:
    return (isinstance(node, ir.Const) and not node.value) or (isinstance(node, ir.Container) and not node.items)


def of_step(node: ir.Expr | None) -> tuple[str, ...]:
    """As `of_call`, with names that a program has for roles: `allow([ROLES.admin, ROLES.manager])`."""
    given = [arg.value for arg in node.args] if isinstance(node, ir.Call) else []
    listed = [item.value for one in given if isinstance(one, ir.Container) for item in one.items]
    names = [written(one) for one in (*given, *listed) if isinstance(one, ir.Attribute)]
    return (*of_call(node), *(name for name in names if name[:1].isupper()))


def said(node: ir.Call) -> tuple[str, ...]:
    """The constants that a check is told: `has_permission(user, "write")`, `check(user, Right.WRITE)`."""
    return tuple(text.rpartition(".")[2].lower() for text in of_step(node))


def _constants(node: ir.Expr) -> Iterator[str]:
    """The text that an expression is, or the texts that it lists."""
    items = [item.value for item in node.items] if isinstance(node, ir.Container) else [node]
    yield from (one.value for one in items if isinstance(one, ir.Const) and isinstance(one.value, str))
