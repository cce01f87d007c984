"""What a module, a class or a field is: whether it serves, lists values, names another table."""

import re

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.inventory.signs import in_browser

_RELATION = re.compile(r"(?i)(foreign_?key\w*|relationship|onetoone\w*|manytoone|belongsto|reference)$")
_ASIDE = re.compile(r"(?i)(dev(elopment)?|test|local|ci|continuous_?integration|build)([A-Z_]|$)")
_HOST = re.compile(r"https?://([\w.-]+)")
_DEFINING = frozenset(
    {"define", "init", "Schema", "model", "createTable", "pgTable", "mysqlTable", "sqliteTable", "EntitySchema"}
)
_MANY = 20
_FOR_PAGES = ("NEXT_PUBLIC_", "REACT_APP_", "VITE_", "NODE_ENV", "PUBLIC_URL")


def serves(module: ir.Module) -> bool:
    """Whether a file with components runs on the server, too: it reads of the environment what no bundler puts into pages."""
    if not module.path.endswith((".jsx", ".tsx")) or in_browser(module.path[:-1]):
        return False
    read = (one.attr for one in ir.walk(*module.body) if isinstance(one, ir.Attribute) and written(one.value) == "process.env")
    return any(not name.startswith(_FOR_PAGES) for name in read)


def configures(module: ir.Module) -> bool:
    """Whether classes hold Django's settings there, a class an environment (django-configurations)."""
    imports = (one for one in module.body if isinstance(one, ir.Import))
    return any(one.module == "configurations" and any(name.name == "Configuration" for name in one.names) for one in imports)


def lists_addresses(module: ir.Module) -> bool:
    """Whether a file lists addresses of many services, as catalogues do: it tells of none that the program uses."""
    texts = (one.value for one in ir.walk(*module.body) if isinstance(one, ir.Const) and isinstance(one.value, str))
    return len({found[1] for text in texts if (found := _HOST.match(text)) is not None}) >= _MANY


def runs(node: ir.Class) -> bool:
    """Whether servers are started with a class of settings: its name speaks of no tests, developers or builds."""
    return not _ASIDE.match(node.name)


def whole(node: ir.Expr) -> ir.Expr:
    """The module of which an expression names a part: `require("x").default`."""
    while isinstance(node, ir.Attribute):
        node = node.value
    return node


def defines(node: ir.Call) -> bool:
    """Whether a call of a script defines a table or document: `sequelize.define(…)`, `new Schema({…})`."""
    return last_word(node.func) in _DEFINING


def lists_values(node: ir.Class) -> bool:
    """Whether a class lists the values of something, and is no record: an enumeration."""
    return any(written(base.value).endswith(("Enum", "Choices", "Flag")) for base in node.bases)


def relates(node: ir.Assign) -> bool:
    """Whether a field names another table: by a call (`ForeignKey(…)`), or by decorators (`@ManyToOne()`)."""
    made = [node.value] if isinstance(node.value, ir.Call) else []
    names = [written(one.func) for one in (*made, *node.decorators) if isinstance(one, ir.Call)]
    return any(_RELATION.search(name) for name in names)
