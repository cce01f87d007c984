"""Rights that a Django view states in an attribute which nothing reads: the mixin that would ask for them is missing.

https://docs.djangoproject.com/en/stable/topics/auth/default/#the-permissionrequiredmixin-mixin
https://www.django-rest-framework.org/api-guide/permissions/#setting-the-permission-policy
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.guards import MISSPELT, UNREAD
from backend_audit.routes.model import Does, Guard
from backend_audit.source import Mark

_STATED = ("permission_required", "permission_classes")
_READ_BY_REST = "permission_classes"
_ALIKE = re.compile(r"perm[a-z]*_class[a-z]*")  # `permissions_classes`
_BEFORE_VIEWS = frozenset(("__call__", "process_view", "process_request"))  # middleware reads attributes of any view


class UnreadRights:
    """Finds them, view class by view class."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._readers: dict[str, list[FunctionSymbol]] | None = None
        self._known: dict[str, Guard | None] = {}

    def of(self, view: ClassSymbol) -> Guard | None:
        """The attribute of a view that nothing reads, as a guard that does not run."""
        if view.key not in self._known:
            unread = (found for name in _STATED if (found := self._unread(view, name)) is not None)
            self._known[view.key] = next((one for found in (unread, self._misspelt(view)) for one in found), None)
        return self._known[view.key]

    def _unread(self, view: ClassSymbol, name: str) -> Guard | None:
        lineage, libraries = self.engine.bases(view)
        stated = next((one for each in lineage for one in each.node.body if _states(one, name)), None)
        if stated is None or not libraries or any(not _reads_none(self.engine.models.canonical(one)) for one in libraries):
            return None
        readers = self._reading().get(name, [])
        if any(one.owner is None or one.owner in lineage or _BEFORE_VIEWS & one.owner.methods.keys() for one in readers):
            return None
        home = next(each for each in lineage if stated in each.node.body)
        if self._opens(home, stated):
            return None
        mark = Mark(home.module.path, stated.at, stated.end, name)
        return Guard(name, frozenset((Does.AUTHORIZES,)), UNREAD, mark, None, view.node.name)

    def _misspelt(self, view: ClassSymbol) -> Iterator[Guard]:
        """What a REST view states under a name that is nearly the one that is read: `permissions_classes = [IsOwner]`."""
        lineage, libraries = self.engine.bases(view)
        if not any(self.engine.models.canonical(one).startswith("rest_framework.") for one in libraries):
            return
        for home in lineage:
            for node in home.node.body:
                name = node.targets[0].id if isinstance(node, ir.Assign) and isinstance(node.targets[0], ir.Name) else ""
                alike = name != _READ_BY_REST and _ALIKE.fullmatch(name) and _states(node, name)
                if alike and self._lists_permissions(home, node) and not self._reading().get(name):
                    mark = Mark(home.module.path, node.at, node.end, name)
                    yield Guard(name, frozenset((Does.AUTHORIZES,)), MISSPELT, mark, None, _READ_BY_REST)

    def _lists_permissions(self, home: ClassSymbol, stated: ir.Stmt) -> bool:
        """Whether a line lists permissions of REST views, and not the one that lets everybody in alone."""
        value = stated.value if isinstance(stated, ir.Assign) else None
        items = value.items if isinstance(value, ir.Container) else []
        for each in (self.engine.frame(home.module).eval(one.value) for one in items):
            own = (one for one in each.refs if isinstance(one, ClassSymbol))
            if any(self.engine.find_method(one, "has_permission") or self.engine.external_bases(one) for one in own):
                return True
            if any(api.startswith("rest_framework.permissions.") and not api.endswith(".AllowAny") for api in each.apis):
                return True
        return False

    def _opens(self, home: ClassSymbol, stated: ir.Stmt) -> bool:
        """Whether what is stated lets everybody in: it makes no difference that nothing reads it."""
        value = stated.value if isinstance(stated, ir.Assign) else None
        items = value.items if isinstance(value, ir.Container) else []
        given = [self.engine.frame(home.module).eval(one.value).apis for one in items]
        return bool(given) and all(any(api.endswith(".AllowAny") for api in one) for one in given)

    def _reading(self) -> dict[str, list[FunctionSymbol]]:
        """The functions of the project that read such an attribute, of whatever object."""
        if self._readers is None:
            self._readers = {}
            for function in self.engine.project.functions():
                for node in function.scope:
                    name = node.attr if isinstance(node, ir.Attribute) else node.value if isinstance(node, ir.Const) else None
                    if name in _STATED or (isinstance(name, str) and _ALIKE.fullmatch(name)):
                        self._readers.setdefault(str(name), []).append(function)
        return self._readers


def _states(node: ir.Stmt, name: str) -> bool:
    """Whether a line of a class states rights under that name, and not that there are none."""
    if not isinstance(node, ir.Assign) or node.value is None or len(node.targets) != 1:
        return False
    target, value = node.targets[0], node.value
    empty = (isinstance(value, ir.Const) and not value.value) or (isinstance(value, ir.Container) and not value.items)
    return isinstance(target, ir.Name) and target.id == name and not empty


def _reads_none(path: str) -> bool:
    """Whether a class of a library is one of Django's own that asks for no rights."""
    return path.startswith("django.") and "Permission" not in path and not path.startswith("django.contrib.admin")
