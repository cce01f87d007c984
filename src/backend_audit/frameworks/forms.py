"""Forms and serializers: what they let through, field by field.

A field of a closed type (a number, a date, one of some choices) carries nothing to inject; a text field does, validated or not.
https://docs.djangoproject.com/en/stable/ref/forms/fields/, https://www.django-rest-framework.org/api-guide/fields/,
https://wtforms.readthedocs.io/en/stable/fields/
"""

from collections.abc import Iterator
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.types import held_in_length, held_to
from backend_audit.flow.values import MADE, UNKNOWN, Key, Value, changed, container
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_WTFORMS = ("wtforms.", "flask_wtf.")  # their objects hold the fields, and fields their data
_FORMS = ("django.forms.", "rest_framework.serializers.", "django_filters.", *_WTFORMS)
_MAKERS = {"get_serializer": "serializer_class"}  # methods of views that make an instance of the class that an attribute names
_CHECKED = frozenset({"cleaned_data", "validated_data"})
_CLOSED = frozenset(
    "IntegerField FloatField DecimalField BooleanField NullBooleanField UUIDField DateField DateTimeField TimeField "
    "DurationField ChoiceField TypedChoiceField MultipleChoiceField TypedMultipleChoiceField ModelChoiceField "
    "ModelMultipleChoiceField PrimaryKeyRelatedField HyperlinkedRelatedField SlugField SlugRelatedField "
    "GenericIPAddressField IPAddressField HiddenField ReadOnlyField SerializerMethodField StringRelatedField "
    "SplitDateTimeField IntegerRangeField DecimalRangeField DateTimeLocalField MonthField WeekField SelectField "
    "SelectMultipleField RadioField SubmitField QuerySelectField QuerySelectMultipleField".split()
)
_CLOSING = frozenset(("AnyOf", "UUID", "NumberRange", "IPAddress", "MacAddress"))  # validators of WTForms
_FILES = frozenset(("FileField", "MultipleFileField"))
_HIDDEN = frozenset(("HiddenField",))  # a browser sends it like any other; that of REST framework holds the default
_UPLOAD = "werkzeug.datastructures.FileStorage"
_DJANGO_FILES = frozenset(("FileField", "ImageField"))
_DJANGO_UPLOAD = "django.core.files.UploadedFile"
_OF_MODEL_TEXT = frozenset("CharField TextField EmailField URLField FilePathField JSONField".split())
_CLOSED_OF_MODEL = frozenset(
    "IntegerField BigIntegerField SmallIntegerField PositiveIntegerField PositiveSmallIntegerField PositiveBigIntegerField "
    "AutoField BigAutoField FloatField DecimalField BooleanField NullBooleanField UUIDField DateField DateTimeField TimeField "
    "DurationField GenericIPAddressField".split()
)
_FIELDS_ONLY = frozenset(("fields",))  # the class names the fields
_WHOLE = {"create": 1, "update": 2, "validate": 1, "clean": 0}  # methods of serializers and the parameter that holds the data
_VALIDATE, _CLEAN = "validate_", "clean_"
_TESTING = ("validate", "valid_value", "run_validators")
_CLEANING = ("to_python", "clean", "to_internal_value")  # methods of a field's class that give what it lets through


class Field(NamedTuple):
    """A declared field: what it may be an instance of, and the call that makes it."""

    types: frozenset[str]
    made: ir.Expr | None

    def names(self) -> set[str]:
        """The names of its classes without their modules."""
        return {path.rpartition(".")[2] for path in self.types}


def attribute(frame: FrameState, owner: ClassSymbol, attr: str, node: ir.Attribute) -> Value | None:
    """`form.cleaned_data`, `serializer.validated_data`, a field of WTForms, of a class of the project; None for anything else."""
    if attr in _CHECKED:
        return _data(frame, owner, node) if is_form(frame.engine, owner) else None
    if attr in _MAKERS and frame.engine.find_method(owner, attr) is None:
        made = of_kind(frame.engine.class_attribute(owner, _MAKERS[attr]).refs, ClassSymbol)
        return Value(refs=frozenset(made)) if made else None
    if attr == "data" and any(base.startswith("django.forms.") for base in frame.engine.external_bases(owner)):
        return container("dict", None, _text(frame, "", node))
    if not any(base.startswith(_WTFORMS) for base in frame.engine.external_bases(owner)):
        return None
    if attr == "data":
        return container("dict", {name: _of_field(frame, name, one, node) for name, one in _declared(frame, owner).items()})
    found = _declared(frame, owner).get(attr)
    if found is None:
        return None
    held = _of_field(frame, attr, found, node)
    return Value(types=found.types, items={"data": held, "raw_data": held})


def _of_field(frame: FrameState, name: str, field: Field, node: ir.Node) -> Value:
    """What a browser puts into a field of WTForms; `SelectField` and validators such as `AnyOf` let only some values through."""
    if field.names() & _FILES:
        return changed(_text(frame, name, node), types=frozenset((_UPLOAD,)))
    called = [one for one in ir.walk(*[field.made] if field.made is not None else ()) if isinstance(one, ir.Call)]
    if any(arg.name == "validate_choice" for one in called for arg in one.args):
        return _text(frame, name, node)
    checked = any(last_word(one.func) in _CLOSING for one in called)
    return MADE if checked or field.names() & _CLOSED - _HIDDEN else _text(frame, name, node).cleared(held_to(field.made))


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param) -> Value | None:
    """What a method of a serializer, or of a view that holds a form, is given; None if it is neither."""
    owner = symbol.owner
    if owner is None or at == 0:
        return None
    name = symbol.node.name
    if name in ("form_valid", "form_invalid") and at == 1:
        return _instance(frame, owner, "form_class")
    if name in ("perform_create", "perform_update") and at == 1:
        return _instance(frame, owner, "serializer_class")
    if not is_form(frame.engine, owner):
        return None
    if _WHOLE.get(name) == at:
        return _data(frame, owner, param)
    if name.startswith(_VALIDATE) and at == 1:
        return _fields(frame, owner, param).get(name.removeprefix(_VALIDATE))
    return None


def is_form(engine: Engine, owner: ClassSymbol) -> bool:
    """Whether the class is a form or a serializer."""
    return any(base.startswith(_FORMS) for base in engine.external_bases(owner))


def _instance(frame: FrameState, owner: ClassSymbol, attr: str) -> Value | None:
    for symbol in sorted(frame.engine.class_attribute(owner, attr).refs, key=lambda one: one.key):
        if isinstance(symbol, ClassSymbol):
            return frame.engine.instance_of(symbol)
    return None


def _data(frame: FrameState, owner: ClassSymbol, node: ir.Node) -> Value:
    items = {name: _returned(frame, owner, name, value) for name, value in _fields(frame, owner, node).items()}
    of_model = any("Model" in base.rpartition(".")[2] for base in frame.engine.external_bases(owner))
    return container("dict", items or None, UNKNOWN if of_model or items else _text(frame, "", node))


def _fields(frame: FrameState, owner: ClassSymbol, node: ir.Node) -> dict[Key, Value]:
    """What the fields let through: those of the model that the class names, and those that it declares."""
    found: dict[Key, Value] = {
        name: MADE if field.names() & _CLOSED_OF_MODEL else _text(frame, name, node).cleared(held_in_length(field.made))
        for name, field in _of_model(frame, owner)
    }
    for name, field in _declared(frame, owner).items():
        text = _text(frame, name, node)
        if field.names() & _DJANGO_FILES:
            found[name] = changed(text, types=frozenset((_DJANGO_UPLOAD,)))
        else:
            text = text.cleared(held_to(field.made) | held_in_length(field.made) | _cleaned_by(frame, field))
            found[name] = MADE if field.names() & _CLOSED else text
    return found


def _of_model(frame: FrameState, owner: ClassSymbol) -> Iterator[tuple[str, Field]]:
    """The fields that a form or serializer takes over from its model: `class Meta: model = Note; fields = ["title"]`."""
    for meta in of_kind(frame.engine.class_attribute(owner, "Meta").refs, ClassSymbol):
        named = frame.engine.class_attribute(meta, "fields")
        names = {text for one in (named, *(named.items or {}).values()) for text in one.texts()}
        for model in of_kind(frame.engine.class_attribute(meta, "model").refs, ClassSymbol):
            for name, field in _declared(frame, model).items():
                chosen = isinstance(field.made, ir.Call) and any(arg.name == "choices" for arg in field.made.args)
                text = field.names() & _OF_MODEL_TEXT and not chosen and not held_to(field.made)
                if (name in names or "__all__" in names) and (text or field.names() & _CLOSED_OF_MODEL):
                    yield name, field


def _returned(frame: FrameState, owner: ClassSymbol, name: Key, value: Value) -> Value:
    """What the method `validate_<field>` of a serializer, or `clean_<field>` of a form, gives back is what the field holds."""
    find = frame.engine.find_method
    method = find(owner, f"{_VALIDATE}{name}") or find(owner, f"{_CLEAN}{name}")
    if method is None:
        return value
    summary = frame.engine.summary(method)
    told = summary.result.all_origins() or not summary.result.open
    return summary.result if told else value.cleared(summary.after.get(1, frozenset()))


def _cleaned_by(frame: FrameState, field: Field) -> frozenset[str]:
    """The contexts for which a field's own class makes texts harmless: `class HtmlField(CharField): def clean(…)`."""
    found: frozenset[str] = frozenset()
    for owner in (frame.engine.class_of(name) for name in sorted(field.types)):
        for method in (frame.engine.find_method(owner, name) for name in _CLEANING if owner is not None):
            result = UNKNOWN if method is None else frame.engine.summary(method).result
            given = [one.cleared for one in result.all_origins() if one.label in ("param", "clean")]
            found |= frozenset.intersection(*given) if given else frozenset()
    return found


def _declared(frame: FrameState, owner: ClassSymbol) -> dict[str, Field]:
    """The fields by name, the nearest class's first."""
    found: dict[str, Field] = {}
    for one in frame.engine.bases(owner)[0]:
        for statement in one.node.body:
            target = statement.targets[0] if isinstance(statement, ir.Assign) else None
            if isinstance(target, ir.Name) and target.id not in found and isinstance(statement, ir.Assign):
                types = _of_library(frame, frame.engine.class_attribute(owner, target.id).types)
                if any(path.endswith("Field") for path in types):
                    found[target.id] = Field(types, statement.value)
    return found


def _of_library(frame: FrameState, types: frozenset[str]) -> frozenset[str]:
    """The types, with those that the project's own classes of fields are built on; who tests himself may let all through."""
    found = set(types)
    for owner in (frame.engine.class_of(name) for name in sorted(types)):
        if owner is not None:
            free = any(frame.engine.find_method(owner, name) is not None for name in (*_CLEANING, *_TESTING))
            found.update(one for one in frame.engine.external_bases(owner) if not free or one.rpartition(".")[2] not in _CLOSED)
    return frozenset(found)


def _text(frame: FrameState, name: str, node: ir.Node) -> Value:
    what = f"the field `{name}` of the request" if name else "the request"
    origin = Origin("untrusted", ("form", frame.module.path, node.at, name), what, _FIELDS_ONLY)
    return UNKNOWN.with_origins((origin.step(frame.mark(node, "comes from the request")),))
