"""Views behind URL patterns: functions and classes, what wraps them, which HTTP methods they answer.

https://docs.djangoproject.com/en/stable/topics/class-based-views/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import ViewObject
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Definitions, Written
from backend_audit.frameworks.django_guards import texts_in
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from backend_audit.routes.facts import WebFacts

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
ACTIONS = {
    "list": "GET", "create": "POST", "retrieve": "GET", "update": "PUT", "partial_update": "PATCH", "destroy": "DELETE",
}  # fmt: skip
_WHOLE = re.compile(r"(?<!ReadOnly)Model(?:Admin)?ViewSet$")
_READING = re.compile(r"ReadOnlyModelViewSet$")
_GENERIC = {"List": "GET", "Retrieve": "GET", "Create": "POST", "Update": "PUT PATCH", "Destroy": "DELETE"}


@dataclass(frozen=True, slots=True)
class View:
    """What a pattern leads to. `actions`: HTTP method → method of the class; `given`: the keywords of `as_view(…)`."""

    symbol: FunctionSymbol | ClassSymbol | None
    api: str = ""
    actions: tuple[tuple[str, str], ...] | None = None
    wrappers: tuple[Written, ...] = ()
    given: tuple[tuple[str, Written], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One method that a view answers: which function does, None for one of a library."""

    methods: tuple[str, ...]
    handler: FunctionSymbol | None
    name: str
    action: str = ""


class Views:
    """Opens the views of patterns."""

    def __init__(self, definitions: Definitions, facts: WebFacts) -> None:
        self.definitions = definitions
        self.engine = definitions.engine
        self.facts = facts

    def opened(self, view: Operand, module: ModuleSymbol, *, local: bool) -> list[View]:
        """The views that an operand can be; `local`: it stands in a function, whose names are not the module's."""
        wrappers: list[Written] = []
        if view.node is None:
            return self.of_value(view.value, None)
        one = Written(module, view.node)
        one = one if local else self.definitions.behind(one)
        seen = {id(one.node)}
        while (inner := wrapped(one.node)) is not None and isinstance(one.node, ir.Call):
            wrappers.append(Written(one.module, one.node.func))
            one = Written(one.module, inner)
            behind = one if local else self.definitions.behind(one)
            if id(behind.node) in seen:
                break  # `view = login_required(view)`: what had the name before
            seen.add(id(behind.node))
            one = behind
        value = view.value if local or one.node is view.node else self.definitions.value(one)
        found = self.of_value(value, one)
        return [replace(one, wrappers=(*wrappers, *one.wrappers)) for one in found]

    def of_value(self, value: Value, written_as: Written | None) -> list[View]:
        """The views that a value can be."""
        found: list[View] = []
        for _, made in self.facts.objects(value):
            for concept in made:
                if isinstance(concept, ViewObject) and concept.owner is not None:
                    found += self.of_class_view(concept)
        if found:
            return found
        class_node = None if written_as is None else viewed(written_as.node)
        if written_as is not None and class_node is not None:  # the class has an `as_view` of its own
            owner = self.definitions.value(Written(written_as.module, class_node))
            symbols = [*sorted(owner.refs, key=lambda one: one.key), *(self.engine.class_of(one) for one in sorted(owner.types))]
            given = arguments(written_as)  # of an object's class too: `Files().as_view()`
            found = [View(one, given=given) for one in symbols if isinstance(one, ClassSymbol)]
        for symbol in [] if found else sorted(value.refs, key=lambda one: one.key):
            if isinstance(symbol, (FunctionSymbol, ClassSymbol)):
                found.append(View(symbol))
        for type_name in [] if found else sorted(value.types):
            owner_class = self.engine.class_of(type_name)
            found += [] if owner_class is None else self._of_object(owner_class)
        if not found:
            found = [View(None, path) for path in sorted(value.apis or value.types)[:1]]
        return found or [View(None, "" if written_as is None else written(written_as.node))]

    def _of_object(self, owner: ClassSymbol) -> list[View]:
        """An object as a view: its `__call__`, or that of its library, which asks a method of the project for what is wanted."""
        method = self.engine.find_method(owner, "__call__")
        if method is not None:
            return [View(method)]
        verbs = sorted(verb for verb in self.provided(owner) if verb.lower() in VERBS)
        return [View(owner, actions=tuple((verb, "get_object") for verb in verbs))] if verbs else []

    def of_class_view(self, concept: ViewObject) -> list[View]:
        """The class of an `as_view()` call."""
        home = self.definitions.module(concept.site.path)
        given = tuple(
            (name, Written(home, one.node))
            for name, one in concept.site.args
            if one.node is not None and not name.isdigit() and "*" not in name
        )
        actions = None
        if concept.actions is not None and concept.actions.value.kind == "dict":
            items = concept.actions.value.items or {}
            actions = tuple((str(key).upper(), text) for key, value in items.items() for text in value.texts()[:1])
        owner = Value() if concept.owner is None else concept.owner.value
        symbols = sorted((one for one in owner.refs if isinstance(one, ClassSymbol)), key=lambda one: one.key)
        found = [View(one, "", actions, (), given) for one in symbols]
        return found or [View(None, path, actions, (), given) for path in sorted(owner.apis)]

    # --- methods ----------------------------------------------------------------------------------------------------

    def answers(self, view: View) -> Iterator[Answer]:
        """The methods that a class-based view answers, one by one; all at once where none can be told."""
        owner = view.symbol if isinstance(view.symbol, ClassSymbol) else None
        allowed = self.allowed(owner)
        found = False
        if view.actions is not None:
            for verb, action in view.actions:
                if verb in allowed:
                    found = True
                    handler = None if owner is None else self.method(owner, action)
                    yield Answer((verb,), handler, action, action)
            return
        provided = self.provided(owner, view.api)
        for verb in VERBS:
            handler = None if owner is None else self.method(owner, verb)
            if handler is None and verb == "put" and owner is not None and self._puts_by_post(owner):
                handler = self.method(owner, "post")
            answered = handler is not None or verb.upper() in provided
            if answered and verb.upper() in allowed and verb not in ("head", "options", "trace"):
                found = True
                yield Answer((verb.upper(),), handler, verb)
        if not found or "ANY" in provided:
            dispatch = None if owner is None else self.engine.find_method(owner, "dispatch")
            yield Answer((), dispatch, "dispatch")

    def _puts_by_post(self, owner: ClassSymbol) -> bool:
        """Whether a class is a form's view, whose own `put` is its `post`."""
        canonical = self.engine.models.canonical
        return any(canonical(base).startswith("django.views.generic.edit.") for base in self.engine.external_bases(owner))

    def allowed(self, owner: ClassSymbol | None) -> frozenset[str]:
        """`http_method_names` of the class."""
        if owner is not None:
            value = self.engine.class_attribute(owner, "http_method_names")
            if value.kind:
                return frozenset(text.upper() for text in texts_in(value))
        return frozenset(verb.upper() for verb in VERBS)

    def method(self, owner: ClassSymbol, name: str) -> FunctionSymbol | None:
        """The method of that name, `post = create` included."""
        found = self.engine.find_method(owner, name)
        if found is None:
            value = self.engine.class_attribute(owner, name)
            functions = sorted((one for one in value.refs if isinstance(one, FunctionSymbol)), key=lambda one: one.key)
            found = functions[0] if functions else None
        return found

    def provided(self, owner: ClassSymbol | None, api: str = "") -> frozenset[str]:
        """The HTTP methods and actions that library classes answer by themselves."""
        models = self.engine.models
        found: set[str] = set()
        for base in self.engine.external_bases(owner) if owner is not None else (api,):
            name = base.rpartition(".")[2]
            lineage = models.lineage(models.canonical(base))
            known = [word for one in lineage for word in models.methods.get(one, ())]
            if not known and _WHOLE.search(name):
                known = [*ACTIONS]
            elif not known and _READING.search(name):
                known = ["list", "retrieve"]
            elif not known and name.endswith("APIView"):
                known = [verb for word, verbs in _GENERIC.items() if word in name for verb in verbs.split()]
            found.update(known)
        return frozenset(found)


def viewed(node: ir.Expr) -> ir.Expr | None:
    """The class of `View.as_view()`."""
    called = isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "as_view"
    return node.func.value if called and isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else None


def arguments(one: Written) -> tuple[tuple[str, Written], ...]:
    """The keywords of an `as_view(…)` as it is written."""
    args = one.node.args if isinstance(one.node, ir.Call) else []
    return tuple((arg.name, Written(one.module, arg.value)) for arg in args if arg.name)


def wrapped(node: ir.Expr) -> ir.Expr | None:
    """What a decorator applied in place is applied to: `view` in `login_required(view)`."""
    if not isinstance(node, ir.Call) or (isinstance(node.func, ir.Attribute) and node.func.attr in ("as_view", "include")):
        return None
    positional = [arg.value for arg in node.args if arg.name is None and not arg.star]
    if len(positional) != 1 or isinstance(positional[0], (ir.Const, ir.Container, ir.Template)):
        return None
    return positional[0]
