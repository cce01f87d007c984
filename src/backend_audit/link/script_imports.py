"""Which modules a JavaScript module loads, and which ones of a project belong to its server rather than to a browser."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.link.script_modules import split
from backend_audit.link.script_project import ScriptProject
from backend_audit.link.symbols import ModuleSymbol, statements

# What only runs where there is a server: parts of Node, frameworks, drivers of databases and queues.
_SERVER = frozenset(
    "fs fs/promises http https http2 net tls dgram child_process cluster worker_threads express fastify koa @hapi/hapi restify "
    "@nestjs/common @nestjs/core ws socket.io mongoose mongodb pg mysql mysql2 knex sequelize typeorm @prisma/client sqlite3 "
    "better-sqlite3 redis ioredis bull bullmq amqplib kafkajs nodemailer jsonwebtoken bcrypt express-session passport".split()
)


def loaded(module: ModuleSymbol) -> Iterator[str]:
    """The names by which a module loads others, by `import`, `export … from` and `require` in a statement."""
    for node in statements(module.node.body):
        if isinstance(node, (ir.Import, ir.Export)):
            if node.module:
                yield node.module
        elif isinstance(node, (ir.Assign, ir.ExprStmt)):
            name = _required(node.value)
            if name:
                yield name


def _required(node: ir.Expr | None) -> str:
    """`require("x")`, `require("x").part`, `require("x")(app)`: the name."""
    while isinstance(node, (ir.Attribute, ir.Call, ir.Await)):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id in ("require", "import"):
            first = node.args[0].value if node.args else None
            return first.value if isinstance(first, ir.Const) and isinstance(first.value, str) else ""
        node = node.func if isinstance(node, ir.Call) else node.value
    return ""


def loads_any(project: ScriptProject, packages: frozenset[str]) -> bool:
    """Whether a module of the project loads one of `packages`."""
    return any(split(name)[0] in packages or name in packages for one in project.modules.values() for name in loaded(one))


def server_side(project: ScriptProject) -> frozenset[str]:
    """The keys of the modules that load what only a server has, and of all that these load."""
    names = {key: list(loaded(module)) for key, module in project.modules.items()}
    waiting = [key for key in names if any(one.removeprefix("node:") in _SERVER for one in names[key])]
    found = set(waiting)
    while waiting:
        module = project.modules[waiting.pop()]
        for name in names[module.key]:
            target = project.find(module, name, 0)
            if isinstance(target, ModuleSymbol) and target.key not in found:
                found.add(target.key)
                waiting.append(target.key)
    return frozenset(found)


def is_loaded(node: ir.Expr) -> bool:
    """Whether it is a part of what a module gives that is loaded when it is needed: `import("x").then`."""
    made = node.value if isinstance(node, ir.Attribute) else None
    return isinstance(made, ir.Call) and isinstance(made.func, ir.Name) and made.func.id == "import"
