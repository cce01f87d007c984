"""Permissions that are asked when a REST view fetches its object: `has_object_permission`.

https://www.django-rest-framework.org/api-guide/permissions/#object-level-permissions
"""

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.frameworks.django_guards import Deciding, Said
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.missing import truth
from backend_audit.routes.model import Does, Guard
from backend_audit.source import Mark

FETCHES = "self.get_object()"  # what is said of a request for an object that the view fetches
_CHECKS = "check_object_permissions"
_OF_OBJECTS = frozenset("retrieve update partial_update destroy put patch delete".split())
_PATCHES = ("partial_update", "put", "patch")
_ENOUGH = frozenset((f"self.{_CHECKS}", "self.get_object", "super().get_object"))
_MAX_DEPTH = 3


class ObjectPermissions:
    """Who is turned away when the object is known."""

    def __init__(self, deciding: Deciding) -> None:
        self.deciding = deciding
        self.engine = deciding.engine

    def said(self, owner: ClassSymbol, handler: FunctionSymbol | None, action: str) -> Said:
        """What to say of a request that the view answers by fetching an object first."""
        return {FETCHES: "yes"} if self._fetches(owner, handler, action, _MAX_DEPTH) else {}

    def refuses(self, permission: ClassSymbol, said: Said) -> str:
        """Why a permission turns callers without credentials away from the object; "" where it does not, or is not asked."""
        method = self.engine.find_method(permission, "has_object_permission") if FETCHES in said else None
        if method is None:
            return ""
        passed = {truth(one) for one in self.deciding.behaviours.anonymous.run(method, None, said).passed}
        if passed <= {False}:
            return "turns away from the object who has not signed in"
        asks = True not in passed and any(written(one) == "request.user" for one in method.scope)
        return "asks the object what who calls may do with it" if asks else ""

    def guards(self, owner: ClassSymbol, said: Said) -> list[Guard]:
        """The check that the view itself makes of its objects, where it has one of its own and fetches them."""
        method = self.engine.find_method(owner, _CHECKS) if FETCHES in said else None
        if method is None:
            return []
        run = self.deciding.behaviours.anonymous.run(method, None, said)
        if not run.denied or run.outcome() is Outcome.PASSES:
            return []
        whole = run.outcome() is Outcome.DENIED
        does = Does.AUTHENTICATES if whole else Does.DEPENDS
        because = "turns away from the object who has not signed in" if whole else "turns only some callers away"
        mark = Mark(method.module.path, method.node.at, method.node.name_end, method.node.name)
        return [Guard(method.node.name, frozenset((does,)), "object", mark, method, because)]

    def _fetches(self, owner: ClassSymbol, handler: FunctionSymbol | None, action: str, depth: int) -> bool:
        own = self.engine.find_method(owner, "get_object")
        if own is not None and not any(one in (f"self.{_CHECKS}", "super().get_object") for one in _called(own)):
            return False  # it fetches in a way of its own, and asks nobody
        if handler is None:
            above = self.engine.find_method(owner, "update") if action in _PATCHES else None
            return action in _OF_OBJECTS if above is None or depth == 0 else self._fetches(owner, above, "update", depth - 1)
        called = _called(handler)
        passed_on = f"super().{handler.node.name}" in called and handler.node.name in _OF_OBJECTS
        return passed_on or not _ENOUGH.isdisjoint(called)


def _called(function: FunctionSymbol) -> set[str]:
    """The methods that a function calls on its object and on `super()`."""
    found = set()
    for node in function.scope.of(ir.Call):
        if isinstance(node.func, ir.Attribute):
            holder = node.func.value
            above = isinstance(holder, ir.Call) and written(holder.func) == "super"
            found.add(f"{'super()' if above else written(holder)}.{node.func.attr}")
    return found
