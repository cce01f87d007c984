"""Whether an object that is an argument is one that a database keeps, read from where its class lies or where it was fetched."""

import re

from backend_audit import ir
from backend_audit.checks._context import calls_in, scope
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.values import CLASS

_ENTITIES = re.compile(r"(?:^|[/.])entit(?:y|ies)(?:[/.]|$)", re.IGNORECASE)
_MODELS = re.compile(r"(?:^|[/.])models?(?:[/.]|$)", re.IGNORECASE)
_FETCHES = frozenset("findById findByPk findOne findOneBy findOneOrFail findOneByOrFail".split())
_KEEPS = frozenset("save update insert create persist".split())


def stored_target(site: Site, target: Operand) -> bool:
    """`new User()` of a class that lies among entities, or of a model or what `findOne` gave where it is saved."""
    places = [name[1:].rpartition(":")[0] for name in sorted(target.value.types) if name.startswith(CLASS)]
    for made in _sources(site, target.node):
        if isinstance(made, ir.Call) and made.form == "new":
            places.append(_module_of(site, made.func))
        elif isinstance(made, ir.Call) and isinstance(made.func, ir.Attribute) and made.func.attr in _FETCHES:
            return _is_kept(site, target.node)
    if any(_ENTITIES.search(one) for one in places):
        return True
    return any(_MODELS.search(one) for one in places) and _is_kept(site, target.node)


def _sources(site: Site, node: ir.Expr | None) -> list[ir.Expr]:
    """The expression itself, or what the function assigns to its name."""
    if not isinstance(node, ir.Name):
        return [] if node is None else [node]
    found = []
    for one in ir.walk(*scope(site)):
        if not isinstance(one, ir.Assign) or one.value is None:
            continue
        if any(isinstance(to, ir.Name) and to.id == node.id for to in one.targets):
            found.append(one.value.value if isinstance(one.value, ir.Await) else one.value)
    return found


def _module_of(site: Site, func: ir.Expr) -> str:
    """The text that names the module from which a class was imported."""
    if site.module is None or not isinstance(func, ir.Name):
        return ""
    for one in site.module.body:
        if isinstance(one, ir.Import) and any(alias.asname == func.id for alias in one.names):
            return one.module
    return ""


def _is_kept(site: Site, target: ir.Expr | None) -> bool:
    """Whether the function saves the object: `user.save()`, `users.save(user)`."""
    if not isinstance(target, ir.Name):
        return False
    for call in calls_in(scope(site)):
        if not isinstance(call.func, ir.Attribute) or call.func.attr not in _KEEPS:
            continue
        subjects = [call.func.value, *(arg.value for arg in call.args)]
        if any(isinstance(one, ir.Name) and one.id == target.id for one in subjects):
            return True
    return False
