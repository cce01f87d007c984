"""Mixins of Django views that never run: they stand behind the view's own base, or `dispatch` is overridden without `super()`.

`View.dispatch` calls no other: what comes after it among the bases is not reached.
https://docs.djangoproject.com/en/stable/topics/class-based-views/mixins/
"""

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.readings import called
from backend_audit.routes.refusals import LOGIN

_DISPATCH = "dispatch"
_ASKS = frozenset("has_permission test_func get_test_func handle_no_permission check_permissions".split())
_AWAY = frozenset((401, 403, LOGIN))


class Shadowed:
    """Finds them, view class by view class."""

    def __init__(self, engine: Engine, behaviours: Behaviours) -> None:
        self.engine = engine
        self.behaviours = behaviours
        self._known: dict[str, dict[str, str]] = {}

    def of(self, view: ClassSymbol) -> dict[str, str]:
        """The bases of a view that `dispatch` does not come to (paths, keys of the project's), each with what comes before it."""
        found = self._known.get(view.key)
        if found is None:
            found = self._known[view.key] = {}
            self._behind(view, "", found, frozenset())
            self._overridden(view, found)
        return found

    def _behind(self, view: ClassSymbol, first: str, found: dict[str, str], heirs: frozenset[str]) -> str:
        """Note what stands behind a view's own base; `first`: the base that does, "" for none yet.

        `heirs`: the classes that derive from it: a class may be called like the one that it derives from.
        """
        heirs |= {view.key}
        frame = self.engine.frame(view.module)
        for base in view.node.bases:
            if base.name is not None:
                continue
            value = frame.eval(base.value)
            for path in sorted(value.apis):
                if first and not _is_view(path):
                    found.setdefault(path, first)
                first = first or (path.rpartition(".")[2] if _is_view(path) else "")
            for one in of_kind(value.refs, ClassSymbol):
                if one.key in heirs:
                    continue
                leads = any(map(_is_view, self.engine.external_bases(one)))
                if first and not leads:  # one that derives from the view as well comes before it
                    found |= dict.fromkeys((*self.engine.external_bases(one), one.key), first)
                elif not first:
                    first = self._behind(one, "", found, heirs)
        return first

    def _overridden(self, view: ClassSymbol, found: dict[str, str]) -> None:
        """Note the bases of libraries that the nearest `dispatch` of the project keeps from running."""
        nearest = self.engine.find_method(view, _DISPATCH)
        if nearest is None or nearest.owner is None or self._passes_on(nearest):
            return
        lineage = self.engine.bases(view)[0]
        at = lineage.index(nearest.owner) if nearest.owner in lineage else 0
        before = {path for one in lineage[:at] for path in self._own(one)}
        for path in self.engine.external_bases(view):
            if path not in before and not _is_view(path):
                found.setdefault(path, f"{nearest.owner.node.name}.{_DISPATCH}")

    def _own(self, symbol: ClassSymbol) -> list[str]:
        """The bases of libraries that a class names itself."""
        frame = self.engine.frame(symbol.module)
        return [path for base in symbol.node.bases if base.name is None for path in frame.eval(base.value).apis]

    def _passes_on(self, method: FunctionSymbol) -> bool:
        """Whether a `dispatch` calls another, or asks who calls by itself."""
        for node in method.scope.of(ir.Call):
            name = called(node)
            if name in _ASKS or name == "super" or name.endswith(_DISPATCH):
                return True
        return not self.behaviours.of(method).denies.isdisjoint(_AWAY)


def _is_view(path: str) -> bool:
    """Whether a base of a library ends the chain of `dispatch`: Django's views, those of the REST framework, and their heirs."""
    return path.rpartition(".")[2].endswith(("View", "ViewSet"))
