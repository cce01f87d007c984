"""What Python's programs send away: objects of mappers and models of data, told by their classes.

https://docs.djangoproject.com/en/stable/topics/serialization/, https://docs.pydantic.dev/latest/concepts/serialization/
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.tasks import SENDING
from backend_audit.flow.work_concepts import MessageSending
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.emptied import popped
from backend_audit.frameworks.given_entities import GivenEntities
from backend_audit.frameworks.marshmallow_schemas import MarshmallowSchemas
from backend_audit.frameworks.persons import is_person
from backend_audit.frameworks.schemas import Schemas
from backend_audit.frameworks.sent_away import Holder, SentAway, Whole, kind_of
from backend_audit.frameworks.serializers import Serializers
from backend_audit.frameworks.targets import Sending
from backend_audit.frameworks.whole_objects import WholeObjects
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.facts import WebFacts

_TEXTS = frozenset("dumps json Response jsonify make_response JsonResponse".split())  # what they hold is read by itself


class PythonSentAway(SentAway):
    """As `SentAway`."""

    def __init__(self, engine: Engine, facts: WebFacts) -> None:
        super().__init__(engine, facts)
        self.schemas = Schemas(engine)
        self.entities = GivenEntities(self.schemas, self.sites)
        self.objects = WholeObjects(self.entities, Serializers(self.schemas), MarshmallowSchemas(self.schemas))

    def wholes(self, function: FunctionSymbol, node: ir.Expr) -> list[Whole]:
        """`user.__dict__`, `model_to_dict(user)`, `user.to_dict()`, a serializer's `data`; a parameter is what callers give."""
        if not isinstance(node, (ir.Attribute, ir.Call)):
            return []
        last = last_word(node.func if isinstance(node, ir.Call) else node)
        if last in _TEXTS and not isinstance(getattr(node, "func", None), ir.Attribute):
            return []
        found: list[Whole] = []
        for one in self.objects.shown(function, node, writes=last == "jsonable_encoder"):
            fields = tuple((field.path, field.mark) for field in one.fields if not field.masked and kind_of(field.name))
            if fields:
                found.append(Whole(self._holder(one.owner), fields, one.via))
        return found

    def holder(self, function: FunctionSymbol, base: ir.Expr, name: str) -> Holder | None:  # noqa: ARG002 - as declared
        """By the class of the object."""
        owners = self.entities.of(function, base)
        return self._holder(owners[0]) if owners else None

    def gone(self, function: FunctionSymbol) -> frozenset[str]:
        """`data.pop("password")`, `del data["password"]`."""
        return frozenset(popped(function))

    def _holder(self, owner: ClassSymbol) -> Holder:
        name = owner.name.rpartition(".")[2]
        columns = [field.name for field in self.schemas.fields(owner)]
        stored = self.schemas.is_stored(owner)
        return Holder(name, "row" if stored else "model", is_person(name, columns))

    def queued(self) -> Iterator[tuple[FunctionSymbol, Sending]]:
        """The arguments of tasks, which lie in a broker until a worker takes them."""
        for site in self.sites.every():
            caller, func = site.caller, site.node.func
            if isinstance(func, ir.Attribute) and func.attr in SENDING and site.callee.node.decorators:
                place = Site(
                    caller.module.path, site.node, "", written(func), caller.name, site.node,
                    function=caller.node, module=caller.module.node,
                )  # fmt: skip
                yield caller, MessageSending(place, reach="queue")
