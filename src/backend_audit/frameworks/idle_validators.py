"""Validators of a JavaScript project whose verdict nobody hears: results that are dropped, chains that nobody asks.

https://express-validator.github.io/docs/guides/validation-chain, https://joi.dev/api/, https://zod.dev/basics#handling-errors,
https://ajv.js.org/guide/getting-started.html, https://github.com/typestack/class-validator#usage,
https://fastify.dev/docs/latest/Reference/Validation-and-Serialization/#error-handling
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.script_schemas import SCHEMA
from backend_audit.flow.web_concepts import IdleValidator
from backend_audit.flow.written import last_word, written
from backend_audit.link.script_imports import loaded, loads_any
from backend_audit.link.script_project import ScriptProject
from backend_audit.link.symbols import FunctionSymbol

_RESULTS = frozenset(("validate", "safeParse", "safeParseAsync", "spa"))  # tell what is wrong, and do not throw
_PROMISES = frozenset(("validateAsync", "parseAsync", "validateOrReject"))  # throw, for who waits
_VERDICTS = frozenset(("error", "errors", "success"))
_DATA = frozenset(("data", "value"))
_COMPILERS = re.compile(r"ajv", re.IGNORECASE)
_SCHEMA = re.compile(r"^(?:\w*[a-z])?[sS]chema$")
_CLASS_VALIDATOR = "class-validator."
_LIBRARIES = frozenset("class-validator ajv ajv/dist/2019 ajv/dist/2020 ajv/dist/jtd".split())


class IdleValidators:
    """Looks for them in the functions of a project."""

    def __init__(self, engine: Engine, project: ScriptProject) -> None:
        self.engine = engine
        self.project = project
        self._promises = loads_any(project, frozenset(("yup",)))  # Yup's `validate` gives a promise, Joi's an answer
        self._modules = {key for key, one in project.modules.items() if not _LIBRARIES.isdisjoint(loaded(one))}
        joi = loads_any(project, frozenset(("joi", "@hapi/joi", "celebrate")))
        self._both = self._promises and joi
        self._named = joi or loads_any(project, frozenset(("zod",)))

    def concepts(self) -> Iterator[IdleValidator]:
        """One for each call whose verdict is lost, in path order."""
        for function in self.project.functions():
            for node in function.scope:
                if isinstance(node, ir.ExprStmt):
                    yield from self._dropped(function, node.value)
                elif isinstance(node, ir.Assign) and node.value is not None and len(node.targets) == 1 and not node.op:
                    yield from self._assigned(function, node.targets[0], node.value)

    def _dropped(self, function: FunctionSymbol, node: ir.Expr) -> Iterator[IdleValidator]:
        call = node.value if isinstance(node, ir.Await) else node
        kind = self.kind(function, call) if isinstance(call, ir.Call) else ""
        if not isinstance(call, ir.Call) or not kind:
            return
        waits = isinstance(node, ir.Await)
        if kind == "answer" or (kind == "later answer" and waits):
            yield _made(function, call, "dropped")
        elif kind in ("promise", "later answer") and not waits:
            yield _made(function, call, "promise")

    def _assigned(self, function: FunctionSymbol, target: ir.Expr, value: ir.Expr) -> Iterator[IdleValidator]:
        call = value.value if isinstance(value, ir.Await) else value
        kind = self.kind(function, call) if isinstance(call, ir.Call) else ""
        if not isinstance(call, ir.Call) or kind not in ("answer", "later answer"):
            return
        outer = function
        while outer.parent is not None:
            outer = outer.parent
        read = _read(target, list(ir.walk(*outer.node.body)))
        if read is None or read & _VERDICTS or (read & _DATA and last_word(call.func) != "validate"):
            return
        if read and isinstance(call.func, ir.Name):
            return  # a list of errors, or a verdict itself
        yield _made(function, call, "unread" if read else "dropped")

    def kind(self, function: FunctionSymbol, call: ir.Call) -> str:
        """What a call of a validator gives: an answer, a later one, or a promise that is rejected; "" of any other call."""
        name = last_word(call.func)
        if isinstance(call.func, ir.Name):
            return self._of_function(function, call.func) if function.module.key in self._modules else ""
        if name not in _RESULTS | _PROMISES or not isinstance(call.func, ir.Attribute) or not call.args:
            return ""
        back = any(isinstance(arg.value, ir.Lambda) for arg in call.args)
        by_name = self._named and bool(_SCHEMA.search(last_word(call.func.value)))  # a parameter, say
        if back or not (by_name or SCHEMA in self._value(function, call.func.value)):
            return ""
        if name in _PROMISES:
            return "promise"
        if name == "validate" and self._promises:
            return "" if self._both else "promise"
        return "later answer" if name in ("safeParseAsync", "spa") else "answer"

    def _of_function(self, function: FunctionSymbol, func: ir.Name) -> str:
        """`validate(dto)` of class-validator, `const check = ajv.compile(schema)`."""
        apis = self.engine.frame(function.module, function).eval(func).apis
        if f"{_CLASS_VALIDATOR}validate" in apis:
            return "later answer"
        if f"{_CLASS_VALIDATOR}validateSync" in apis:
            return "answer"
        if f"{_CLASS_VALIDATOR}validateOrReject" in apis:
            return "promise"
        top = [one for one in ir.walk_scope(*function.module.node.body) if isinstance(one, ir.Assign)]
        made = [one.value for one in (*top, *function.scope.of(ir.Assign)) if last_word(one.targets[0]) == func.id]
        compiled = [one for one in made if isinstance(one, ir.Call) and last_word(one.func) == "compile"]
        if len(made) != 1 or not compiled or not _COMPILERS.search(written(compiled[0].func)):
            return ""
        errors = any(one.attr == "errors" for one in function.module.nodes.of(ir.Attribute))
        return "" if errors else "answer"

    def _value(self, function: FunctionSymbol, node: ir.Expr) -> frozenset[str]:
        """The types of a receiver; of a variable of the function, of what it is given there."""
        frame = self.engine.frame(function.module, function)
        found = frame.eval(node).types
        if not found and isinstance(node, ir.Name):
            assigned = function.scope.of(ir.Assign)
            values = [one.value for one in assigned if last_word(one.targets[0]) == node.id and one.value is not None]
            found = frame.eval(values[0]).types if len(values) == 1 else found
        return found

    def attached(self) -> Iterator[IdleValidator]:
        """Routes of Fastify whose handlers are to look at `request.validationError`, in a project that never does."""
        if not loads_any(self.project, frozenset(("fastify",))):
            return
        modules = sorted(self.project.modules.values(), key=lambda one: one.path)
        if any(
            any(one.attr == "validationError" for one in module.nodes.of(ir.Attribute))
            or any(one.value == "validationError" for one in module.nodes.of(ir.Const))
            for module in modules
        ):
            return
        for module, node in ((each, one) for each in modules for one in each.nodes.of(ir.Item)):
            if not isinstance(node.key, ir.Const) or node.key.value != "attachValidation":
                continue
            if isinstance(node.value, ir.Const) and node.value.value is True:
                site = Site(module.path, node, "", "attachValidation", "", None, module=module.node)
                yield IdleValidator(site, "attached", "attachValidation")


def _read(target: ir.Expr, nodes: list[ir.Node]) -> set[str] | None:
    """What of a result is read; None where it is handed on as a whole."""
    if isinstance(target, ir.Container) and target.kind == "dict":
        found: set[str] = set()
        for item in target.items:
            held = item.value.target if isinstance(item.value, ir.Defaulted) else item.value
            if item.star or not isinstance(item.key, ir.Const):
                return None
            if sum(isinstance(one, ir.Name) and one.id == last_word(held) for one in nodes) > 1:
                found.add(str(item.key.value))
        return found
    if not isinstance(target, ir.Name):
        return None
    of_parts = {id(one.value): one.attr for one in nodes if isinstance(one, ir.Attribute)}
    uses = [one for one in nodes if isinstance(one, ir.Name) and one.id == target.id and one is not target]
    if any(id(one) not in of_parts for one in uses):
        return None
    return {of_parts[id(one)] for one in uses}


def _made(function: FunctionSymbol, call: ir.Call, how: str) -> IdleValidator:
    site = Site(function.module.path, call, "", written(call.func), function.name, call, (), function.node, function.module.node)
    return IdleValidator(site, how, written(call))
