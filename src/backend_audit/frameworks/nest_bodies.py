"""Bodies that a decorated parameter takes in NestJS: through a pipe, or as a type that is gone when the server runs.

https://docs.nestjs.com/pipes, https://docs.nestjs.com/techniques/validation
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import ClassSymbol, decorator_name
from backend_audit.routes.body import Body
from backend_audit.routes.model import Route

_NO_CLASSES = frozenset("any unknown object Object Record Partial Pick Omit Required string String Array".split())


def piped(route: Route) -> Body | None:
    """What a pipe on the parameter, the method or the controller validates: `@Body(new ZodValidationPipe(schema))`."""
    for param, decorator in _bodies(route):
        if any(not isinstance(arg.value, ir.Const) for arg in decorator.args):
            return Body(validated=True, schema=written(param.annotation) if param.annotation is not None else "pipe")
    above = [] if route.handler is None else list(route.handler.node.decorators)
    above += [] if route.owner is None else route.owner.node.decorators
    if any(decorator_name(one) == "UsePipes" for one in above) and next(_bodies(route), None) is not None:
        return Body(validated=True, schema="UsePipes")
    return None


def is_type_alone(route: Route, engine: Engine) -> bool:
    """Whether the type that the parameter is said to have is no class, and no pipe can know it."""
    if route.framework != "nestjs" or route.handler is None:
        return False
    module = route.handler.module
    for param, _ in _bodies(route):
        said = param.annotation.value if isinstance(param.annotation, ir.Index) else param.annotation
        if isinstance(said, ir.Container) or last_word(said) in _NO_CLASSES:
            return True
        if isinstance(said, ir.Name):
            if any(
                isinstance(one, ir.Assign) and one.declares == "type" and last_word(one.targets[0]) == said.id
                for one in module.node.body
            ):
                return True
            refs = engine.frame(module).eval(said).refs
            return any(isinstance(one, ClassSymbol) and one.node.kind == "interface" for one in refs)
    return False


def provides_pipe(engine: Engine) -> bool:
    """Whether a module provides a pipe for the whole application: `{ provide: APP_PIPE, useClass: ValidationPipe }`."""
    modules = engine.project.modules.values()
    return any(last_word(node.value) == "APP_PIPE" for one in modules for node in one.nodes.of(ir.Item))


def _bodies(route: Route) -> Iterator[tuple[ir.Param, ir.Call]]:
    for param in [] if route.handler is None else route.handler.node.params:
        for decorator in param.decorators:
            if isinstance(decorator, ir.Call) and decorator_name(decorator) == "Body":
                yield param, decorator
