"""Validators that let everything through, lose the value, or are asked and not listened to."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._idle import TOLD
from backend_audit.checks._view import FileView
from backend_audit.checks._way import operands
from backend_audit.finding import Confidence
from backend_audit.flow.web_concepts import IdleValidator
from backend_audit.flow.written import written
from backend_audit.source import SCRIPTS

RULE = "validator-without-effect"

_PYDANTIC = frozenset(("validator", "field_validator", "root_validator", "model_validator"))
_ASKS = frozenset(("is_valid", "validate_on_submit"))
_VERDICTS = frozenset(
    "full_clean clean clean_fields validate validate_unique is_valid model_validate parse_obj check load".split()
)
_USES = frozenset(("validated_data", "save", "cleaned_data", "populate_obj"))
_HANDS_ON = frozenset(("perform_create", "perform_update"))
_RAISE = frozenset(("raise_exception",))
_CHECKED = ("Form", "FormSet", "Serializer", "form", "serializer", "formset")
_HARMLESS = frozenset("isinstance len print str repr bool debug info type hasattr".split())


@check(RULE)
def validator_of_model(function: ir.Function, view: FileView) -> Iterator[Alert]:
    """`@field_validator("age")` whose function returns the value whatever it is, or returns nothing."""
    decorator = next((one for one in function.decorators if _is_validator(one, view)), None)
    if decorator is None or _abstract(function):
        return
    if _returns_nothing(function):
        yield _alert(
            function,
            f"The validator `{function.name}` returns nothing: whatever comes in, the field becomes None.",
            "Return the value at the end.",
        )
        return
    value = _parameter(function, decorator)
    if value is None or _mode(decorator) in ("wrap", "plain"):
        return
    returned = [node for node in ir.walk_scope(*function.body) if isinstance(node, ir.Return)]
    if any(view.comments_between(function.at, function.body[-1].end)):
        return  # somebody says why
    if all(isinstance(one.value, ir.Name) and one.value.id == value for one in returned) and not _acts(function, value):
        plain = len([one for one in function.body if not _is_text(one)]) == 1
        yield _alert(
            function,
            f"The validator `{function.name}` returns `{value}` on every way and never raises: it checks nothing.",
            "Raise `ValueError` for what is not allowed, or remove the validator.",
            Confidence.HIGH if plain else Confidence.MEDIUM,
        )


@check(RULE)
def validating_method(function: ir.Function, view: FileView) -> Iterator[Alert]:
    """`validate_age` of a serializer, `clean_age` of a form, `@validates("age")` of a mapped class, that returns nothing."""
    owner = view.enclosing(ir.Class)
    if not isinstance(owner, ir.Class) or view.function() is not None or _abstract(function):
        return
    bases = [_errors.last_name(base.value) for base in owner.bases if base.name is None]
    decorators = [view.api(one.func) if isinstance(one, ir.Call) else view.api(one) for one in function.decorators]
    of_serializer = any(base.endswith("Serializer") for base in bases) and (
        (function.name.startswith("validate_") and len(function.params) == 2)
        or (function.name == "validate" and len(function.params) == 2)
    )
    of_form = (
        any(base.endswith(("Form", "FormSet")) for base in bases)
        and function.name.startswith("clean_")
        and len(function.params) == 1
    )
    validates = any(one == "sqlalchemy.orm.validates" for one in decorators) or (not decorators and (of_serializer or of_form))
    if validates and _returns_nothing(function) and not _called_by(owner, function.name):
        yield _alert(
            function,
            f"`{function.name}` returns nothing: the value that it has checked becomes None.",
            "Return the value at the end.",
        )
    if (
        of_serializer
        and not decorators
        and _returns_as_it_is(function)
        and not any(view.comments_between(function.at, function.body[-1].end))
    ):
        yield _alert(
            function,
            f"`{function.name}` returns what it is given: it checks nothing.",
            "Raise `ValidationError` for what is not allowed, or remove the method.",
        )


def _returns_as_it_is(function: ir.Function) -> bool:
    body = [one for one in function.body if not _is_text(one)]
    given = body[0].value if len(body) == 1 and isinstance(body[0], ir.Return) else None
    return isinstance(given, ir.Name) and given.id == function.params[-1].name


@check(RULE)
def answer_ignored(call: ir.Call, view: FileView) -> Iterator[Alert]:
    """`serializer.is_valid()` as a statement, and the data used afterwards."""
    if not isinstance(call.func, ir.Attribute) or call.func.attr not in _ASKS or any(arg.name in _RAISE for arg in call.args):
        return
    statement = view.ancestors[-1] if view.ancestors else None
    function = view.function()
    if not isinstance(statement, ir.ExprStmt) or function is None or not _is_checked(call.func.value, function):
        return
    name = written(call.func.value)
    for node in ir.walk_scope(*function.body):
        if isinstance(node, (ir.If, ir.Conditional)) and node.at > call.at and name in written_in(node.test):
            return
        if node.at > call.end and _uses(node, name):
            yield Alert(
                node=call,
                message=f"The answer of `{written(call)}` is ignored, and `{_told(node)}` follows: no input is turned away.",
                fix=f"Write `if not {written(call)}: …`, or `is_valid(raise_exception=True)` where the framework has it.",
                confidence=Confidence.LOW if _narrows(name, function) else Confidence.HIGH,
            )
            return


def _narrows(name: str, function: ir.Function) -> bool:
    """Whether the form says which rows a page shows, and what is not valid in it only leaves some of that out."""
    assigned = (one for one in ir.walk_scope(*function.body) if isinstance(one, ir.Assign) and written(one.targets[0]) == name)
    made = [one.value for one in assigned if isinstance(one.value, ir.Call)]
    given = [arg.value for one in made for arg in one.args]
    read = [one for one in ir.walk_scope(*function.body) if isinstance(one, ir.Attribute) and written(one.value) == name]
    named = any("filter" in one.lower() for one in (name, *(written(call.func) for call in made)))
    gets = all(one.attr != "save" for one in read) and named
    return gets or any(written(one).endswith(("request.GET", "query_params")) for one in given)


def _uses(node: ir.Node, name: str) -> bool:
    """Whether what has not been asked for its verdict is used: `serializer.save()`, `self.perform_create(serializer)`."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _HANDS_ON:
        return any(written(arg.value) == name for arg in node.args)
    return isinstance(node, ir.Attribute) and node.attr in _USES and written(node.value) == name


def _told(node: ir.Node) -> str:
    return written(node.func if isinstance(node, ir.Call) else node) if isinstance(node, ir.Expr) else ""


@check(RULE)
def never_asked(node: ir.If | ir.Conditional, view: FileView) -> Iterator[Alert]:
    """`if form.is_valid:`, which is true for every form."""
    function = view.function()
    for test in operands(node.test):
        if isinstance(test, ir.Attribute) and test.attr in _ASKS and function is not None and _is_checked(test.value, function):
            yield Alert(
                node=test,
                message=f"`{written(test)}` is a method that is not called: the test is true for every input.",
                fix=f"Call it: `{written(test)}()`.",
                confidence=Confidence.HIGH,
            )


@check(RULE)
def verdict_dropped(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """`except ValidationError: pass`, and the function goes on."""
    function = view.function()
    for handler in node.handlers:
        names = _errors.caught(handler, view)
        if not names or not all(name.rpartition(".")[2] == "ValidationError" for name in names):
            continue
        if not _errors.does_nothing(handler.body) or _errors.explained(handler, view) or function is None:
            continue
        if not any(_judges(one) for one in node.body) or not _follows(node, function):
            continue
        if any(isinstance(one, ir.Jump) and one.kind == "continue" for one in handler.body):
            continue  # what has not passed is passed over
        at, end = _errors.head_span(handler)
        yield Alert(
            at=at,
            end=end,
            message="The validation's verdict is dropped, and the function goes on with what has not passed.",
            fix="Turn the input away: raise, or answer with the errors.",
            confidence=Confidence.MEDIUM,
        )


@check(RULE, *SCRIPTS)
def idle_validator(found: IdleValidator) -> Iterator[Alert]:
    """`schema.validate(req.body);`, whose answer nobody reads; `body("mail").isEmail()` without `validationResult`."""
    message, fix = TOLD[found.how]
    yield Alert(
        node=found.site.node,
        message=message.format(what=found.what),
        fix=fix.format(),
        confidence=Confidence.HIGH if found.how in ("dropped", "promise", "attached", "goes on") else Confidence.MEDIUM,
        anchor=f"{found.how} {found.what}",
    )


def _called_by(owner: ir.Class, name: str) -> bool:
    """Whether the class calls its method itself: then it is none that the framework finds by its name."""
    methods = [one for one in owner.body if isinstance(one, ir.Function)]
    return any(
        isinstance(node, ir.Call) and written(node.func) == f"self.{name}" for one in methods for node in ir.walk_scope(*one.body)
    )


def written_in(test: ir.Expr) -> set[str]:
    """The names and attributes in an expression, as written, and what they are attributes of."""
    found: set[str] = set()
    for node in ir.walk_scope(test):
        if isinstance(node, (ir.Name, ir.Attribute)):
            found.add(written(node))
    return found


def _alert(function: ir.Function, message: str, fix: str, confidence: Confidence = Confidence.HIGH) -> Alert:
    return Alert(at=function.at, end=function.name_end, message=message, fix=fix, confidence=confidence, anchor=function.name)


def _is_validator(node: ir.Expr, view: FileView) -> bool:
    path = view.api(node.func if isinstance(node, ir.Call) else node) or ""
    return path.startswith("pydantic") and path.rpartition(".")[2] in _PYDANTIC


def _mode(decorator: ir.Expr) -> str:
    for arg in decorator.args if isinstance(decorator, ir.Call) else ():
        if arg.name == "mode" and isinstance(arg.value, ir.Const):
            return str(arg.value.value)
    return ""


def _parameter(function: ir.Function, decorator: ir.Expr) -> str | None:
    """The name of the value that a validator is given."""
    after = _mode(decorator) == "after" and _errors.last_name(decorator) == "model_validator"
    at = 0 if after or (function.params and function.params[0].name not in ("cls", "self")) else 1
    return function.params[at].name if at < len(function.params) else None


def _returns_nothing(function: ir.Function) -> bool:
    """Whether the end is reached, and no statement returns a value."""
    nodes = list(ir.walk_scope(*function.body))
    if any((isinstance(node, ir.Return) and node.value is not None) or isinstance(node, ir.Yield) for node in nodes):
        return False
    return bool(function.body) and not isinstance(function.body[-1], ir.Raise)


def _abstract(function: ir.Function) -> bool:
    return _errors.does_nothing(function.body) or any(
        _errors.last_name(one) in ("abstractmethod", "overload") for one in function.decorators
    )


def _is_text(node: ir.Stmt) -> bool:
    return isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Const)


def _acts(function: ir.Function, value: str) -> bool:
    """Whether a validator can turn something away or change it: it raises, asserts, assigns, or hands the value on."""
    for node in ir.walk_scope(*function.body):
        if isinstance(node, (ir.Raise, ir.Assert, ir.Delete, ir.With, ir.Assign)):
            return True
        if isinstance(node, ir.Call) and _errors.last_name(node.func) not in _HARMLESS:
            return True
        if isinstance(node, ir.Return) and isinstance(node.value, ir.Call):
            return True
    return not value


def _is_checked(node: ir.Expr, function: ir.Function) -> bool:
    """Whether a variable holds a form or serializer, by its name or by what it is made of."""
    name = written(node)
    if not isinstance(node, ir.Name):
        return False
    if name.endswith(("form", "serializer", "formset")):
        return True
    for one in ir.walk_scope(*function.body):
        if (
            isinstance(one, ir.Assign)
            and isinstance(one.value, ir.Call)
            and any(written(target) == name for target in one.targets)
        ):
            return _errors.last_name(one.value).endswith(_CHECKED)
    return False


def _judges(node: ir.Stmt) -> bool:
    """Whether a statement only asks for a verdict: `book.full_clean()`."""
    call = node.value if isinstance(node, ir.ExprStmt) else None
    call = call.value if isinstance(call, ir.Await) else call
    return isinstance(call, ir.Call) and _errors.last_name(call.func) in _VERDICTS


def _follows(node: ir.Try, function: ir.Function) -> bool:
    """Whether anything but the function's end comes after the `try`."""
    return any(one.at > node.end for one in function.body)
