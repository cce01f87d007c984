"""Candidates of a lowered module: every literal that has a name, by assignment, key, keyword, default, comparison or callee."""

from collections.abc import Callable

from backend_audit import ir
from backend_audit.secrets.candidate import Candidate, How
from backend_audit.secrets.literals import folded, named, reads_settings, written
from backend_audit.secrets.lookalikes import without_own_machine
from backend_audit.secrets.models import taken
from backend_audit.secrets.names import Kind, classify
from backend_audit.secrets.trials import sets_up_trials
from backend_audit.secrets.values import vocabulary

# Calls that pass their literal on: SecretStr("…"), "…".encode(), Field(default="…"), b64decode("…").
_WRAPPERS = vocabulary(
    "SecretStr SecretBytes Secret bytes bytearray str encode strip b64decode urlsafe_b64decode fromhex unhexlify "
    "Field field Column mapped_column CharField cast Literal to_bytes force_bytes smart_bytes b u ensure_binary "
    "ensure_text Option Query Header Cookie Form Body Param PasswordField StringField Constant Final "
    "load_pem_private_key importKey import_key"
)
_READERS = vocabulary(
    "get getenv pop setdefault config env str string get_env getstr get_secret get_setting get_config environ_get "
    "from_env get_str get_string"
)
_COMPARERS = frozenset({"compare_digest", "constant_time_compare", "safe_str_cmp"})
_DEFAULTS = frozenset({"default", "fallback", "default_value", "initial", "value"})


class _Walk:
    def __init__(self) -> None:
        self.found: list[Candidate] = []
        self.prose: list[tuple[int, int]] = []
        self.imports: dict[str, str] = {}
        self.texts: list[tuple[str, int, int]] = []
        self.listed = False
        self.trial = False

    def bind(
        self, node: ir.Expr | None, name: str, how: How, *, callee: str = "", siblings: tuple[str, ...] = (), reading: str = ""
    ) -> None:
        """Candidates for every literal that `node` may be, under `name`; sub-expressions are visited on their own."""
        literal = folded(node)
        if literal is not None and node is not None:
            self.found.append(
                Candidate(
                    literal,
                    name,
                    how,
                    node.at,
                    node.end,
                    callee,
                    reading=reading,
                    siblings=siblings,
                    listed=self.listed,
                    trial=self.trial,
                )
            )
            return
        match node:
            case ir.Logical(op="or" | "nullish"):
                source = self.source(node.left)
                self.bind(node.left, name, how, callee=callee, siblings=siblings, reading=reading)
                literal = folded(node.right)
                if literal is not None and (source or how in {How.ASSIGNED, How.KEYED, How.PASSED}):
                    self.fallback(literal, node.right, name, source)
            case ir.Conditional():
                self.bind(node.then, name, how, callee=callee, siblings=siblings, reading=reading)
                self.bind(node.orelse, name, how, callee=callee, siblings=siblings, reading=reading)
            case ir.Container(kind="list" | "tuple" | "set"):
                self.listed = True
                for item in node.items:
                    if item.star == 0:
                        self.bind(item.value, name, how, callee=callee, siblings=siblings, reading=reading)
                self.listed = False
            case ir.Container(kind="dict") if name[-1:] in {"s", "S"} and (said := classify(name)) and said.kind is Kind.PASSWORD:
                for item in node.items:  # PASSWORDS = {"alice": "…"}
                    self.bind(item.value, name, How.KEYED)
            case ir.Call():
                self.wrapped(node, name, how)
            case ir.Await() | ir.Walrus():
                self.bind(node.value, name, how, callee=callee, siblings=siblings, reading=reading)
            case _:
                pass

    def wrapped(self, call: ir.Call, name: str, how: How) -> None:
        """`SecretStr("…")`, `"…".encode()`, `Field(default="…")` under a name."""
        tail = written(call.func).rpartition(".")[2]
        if tail not in _WRAPPERS:
            return
        if isinstance(call.func, ir.Attribute) and tail in {"encode", "strip"}:
            self.bind(call.func.value, name, how)
            return
        if call.args and call.args[0].name is None and tail not in {"CharField", "Column", "mapped_column", "PasswordField"}:
            self.bind(call.args[0].value, name, how)
        for arg in call.args:
            if arg.name in _DEFAULTS:
                self.bind(arg.value, name, How.DEFAULTED)

    def fallback(self, value: str, node: ir.Node, name: str, source: str) -> None:
        self.found.append(
            Candidate(value, name or source, How.FALLBACK, node.at, node.end, source=source or name, trial=self.trial)
        )

    def source(self, node: ir.Expr) -> str:
        """The variable that `os.getenv("X")`, `os.environ.get("X")`, `config["X"]` reads; "" for anything else."""
        if isinstance(node, ir.Index) and reads_settings(written(node.value)):
            return folded(node.index) or ""
        if isinstance(node, ir.Call) and node.args and written(node.func).rpartition(".")[2] in _READERS:
            return folded(node.args[0].value) or ""
        return ""

    # --- nodes -------------------------------------------------------------------------------------------------------

    def param(self, node: ir.Param) -> None:
        self.bind(node.default, node.name, How.DEFAULTED)

    def statement(self, node: ir.ExprStmt) -> None:
        if isinstance(node.value, ir.Const) and node.value.kind == "str":
            self.prose.append((node.value.at, node.value.end))

    def import_(self, node: ir.Import) -> None:
        for alias in node.names:
            if alias.name is None and alias.asname != node.module.partition(".")[0]:
                self.imports[alias.asname] = node.module
            elif alias.name is not None and alias.name != "*" and node.module:
                self.imports[alias.asname] = f"{node.module}.{alias.name}"

    def binary(self, node: ir.Binary) -> None:
        literal = folded(node) if node.op == "+" else None
        if literal is not None:
            self.texts.append((literal, node.at, node.end))

    def text(self, node: ir.Const) -> None:
        value = node.value
        if isinstance(value, str) and len(value) >= 16 and node.kind in {"str", "bytes"}:
            self.texts.append((value, node.at, node.end))

    def assign(self, node: ir.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ir.Container) and isinstance(node.value, ir.Container):
                for left, right in zip(target.items, node.value.items, strict=False):
                    self.bind(right.value, named(left.value), How.ASSIGNED)
            elif name := named(target):
                self.bind(node.value, name, How.ASSIGNED)

    def mapping(self, node: ir.Container) -> None:
        if node.kind != "dict":
            return
        keys = tuple(key for item in node.items if item.key is not None and (key := folded(item.key)))
        for item in without_own_machine(node.items):
            if key := folded(item.key) or named(item.key):
                self.bind(item.value, key, How.KEYED, siblings=keys)
        if "value" in keys:  # {"name": "password", "value": "…"}
            entries = {folded(item.key): item.value for item in node.items if item.key is not None}
            label = folded(entries.get("name") or entries.get("key"))
            if label:
                self.bind(entries["value"], label, How.KEYED)

    def compare(self, node: ir.Compare) -> None:
        operands = [node.left, *node.rights]
        for op, left, right in zip(node.ops, operands, node.rights, strict=False):
            if op in {"==", "!=", "===", "!=="}:
                self.compared(left, right)
            elif op == "in" and isinstance(right, ir.Container):
                self.bind(right, named(left), How.COMPARED)

    def compared(self, left: ir.Expr, right: ir.Expr) -> None:
        for name, value in ((left, right), (right, left)):
            self.bind(value, self.source(name) or named(name), How.COMPARED)

    def option(self, node: ir.Call, tail: str) -> None:
        """`add_argument("--password", default="…")`, `@click.option("--token", default="…")`."""
        if tail in {"add_argument", "add_option", "option", "define"} and node.args and node.args[0].name is None:
            flags = [folded(arg.value) or "" for arg in node.args if arg.name is None]
            default = next((arg.value for arg in node.args if arg.name == "default"), None)
            self.bind(default, max(flags, key=len).lstrip("-"), How.DEFAULTED)

    def call(self, node: ir.Call) -> None:
        callee = written(node.func)
        head, dot, rest = callee.partition(".")
        api = self.imports.get(head, head) + dot + rest
        tail = callee.rpartition(".")[2]
        keywords = tuple(arg.name for arg in node.args if arg.name)
        for position, arg in enumerate(node.args):
            if arg.star:
                continue
            if arg.name is not None:
                self.keyword(arg.name, arg.value, callee, keywords)
            elif reading := taken(api, position):
                self.bind(arg.value, "", How.ARGUMENT, callee=callee, reading=reading)
        if tail in _COMPARERS and len(node.args) == 2:
            self.compared(node.args[0].value, node.args[1].value)
        self.option(node, tail)
        self.reader(node, api, api.rpartition(".")[2])
        if tail in {"setattr", "setenv", "putenv", "set", "setitem", "add_header", "putheader"} and len(node.args) >= 2:
            at = 1 if tail in {"setattr", "setitem"} else 0
            name = folded(node.args[at].value) if len(node.args) > at + 1 else None
            if name:
                self.bind(node.args[at + 1].value, name, How.ASSIGNED, callee=callee)

    def keyword(self, name: str, value: ir.Expr, callee: str, keywords: tuple[str, ...]) -> None:
        if name in {"auth", "basic_auth", "http_auth"} and isinstance(value, ir.Container) and len(value.items) == 2:
            self.bind(value.items[1].value, "password", How.PASSED, callee=callee, siblings=("user",))
        else:
            self.bind(value, name, How.PASSED, callee=callee, siblings=keywords)

    def reader(self, node: ir.Call, callee: str, tail: str) -> None:
        """The default of `os.getenv("X", "…")`, `config("X", default="…")`, `getattr(settings, "X", "…")`."""
        default: ir.Expr | None
        if tail == "getattr" and len(node.args) == 3:
            source = folded(node.args[1].value)
            default = node.args[2].value
        elif tail in _READERS and node.args and (source := folded(node.args[0].value)):
            named_default = next((arg.value for arg in node.args if arg.name in _DEFAULTS), None)
            positional = len(node.args) >= 2 and node.args[1].name is None and not node.args[1].star
            default = named_default or (node.args[1].value if positional and reads_settings(callee) else None)
        else:
            return
        literal = folded(default)
        if literal is not None and default is not None and source:
            self.fallback(literal, default, source, source)


_VISITS: dict[type[ir.Node], Callable[..., None]] = {
    ir.Assign: _Walk.assign,
    ir.Call: _Walk.call,
    ir.Container: _Walk.mapping,
    ir.Compare: _Walk.compare,
    ir.Param: _Walk.param,
    ir.ExprStmt: _Walk.statement,
    ir.Import: _Walk.import_,
    ir.Binary: _Walk.binary,
    ir.Const: _Walk.text,
}


def extract(module: ir.Module) -> tuple[list[Candidate], list[tuple[int, int]], list[tuple[str, int, int]]]:
    """Candidates, the spans of docstrings and comments, and all longer string values (joined ones too) with their spans."""
    walk = _Walk()
    stack: list[tuple[ir.Node, str, bool]] = [(node, "", False) for node in reversed(module.body)]
    while stack:
        node, function, walk.trial = stack.pop()
        kind = type(node)
        visit = _VISITS.get(kind)
        if visit is not None:
            visit(walk, node)
        elif isinstance(node, ir.Return) and function:
            walk.bind(node.value, function, How.RETURNED)
        inner = node.name if isinstance(node, ir.Function) else "" if kind is ir.Class else function
        # Names are the commonest nodes; they hold nothing, and no visit asks for them.
        trial = walk.trial or (isinstance(node, (ir.Function, ir.Class)) and sets_up_trials(node.name))
        stack += [(child, inner, trial) for child in reversed(ir.children(node)) if type(child) is not ir.Name]
    spans = walk.prose + [(comment.at, comment.end) for comment in module.comments]
    return walk.found, sorted(spans), walk.texts
