"""What expressions of a lowered module say: the text of a literal, what something is called, whether settings are read."""

from backend_audit import ir

_ENV_TEXTS = ("environ", "getenv", "env", "config", "settings", "conf")


def folded(node: ir.Expr | None) -> str | None:
    """The text of a string literal, also one put together from several with `+` or by an f-string without holes."""
    match node:
        case ir.Const(kind="str" | "bytes", value=value):
            return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else None
        case ir.Binary(op="+"):
            parts: list[str] = []
            current: ir.Expr = node
            while isinstance(current, ir.Binary) and current.op == "+":
                right = folded(current.right) if not isinstance(current.right, ir.Binary) else None
                if right is None:
                    return None
                parts.append(right)
                current = current.left
            left = folded(current)
            return None if left is None else left + "".join(reversed(parts))
        case ir.Template():
            texts = [folded(part) if isinstance(part, ir.Const) else None for part in node.parts]
            return "".join(text for text in texts if text is not None) if None not in texts else None
        case _:
            return None


def named(node: ir.Expr | None) -> str:
    """What an expression is called: a name, an attribute's last part, a constant index."""
    match node:
        case ir.Name(id=name):
            return name
        case ir.Attribute(attr=attr):
            return attr
        case ir.Index(index=index):
            return folded(index) or named(index)
        case ir.Call(func=ir.Attribute(attr="get" | "lower" | "strip" | "decode" | "encode" | "upper") as func):
            first = folded(node.args[0].value) if func.attr == "get" and node.args else None
            return first or (named(func.value) if func.attr != "get" else "")
        case _:
            return ""


def written(node: ir.Expr) -> str:
    """A callee as written: `jwt.encode`, `self.client.login`; calls and indices in between are left out."""
    match node:
        case ir.Name(id=name):
            return name
        case ir.Attribute():
            base = written(node.value)
            return f"{base}.{node.attr}" if base else node.attr
        case ir.Call():
            return written(node.func)
        case ir.Index():
            return written(node.value)
        case _:
            return ""


def reads_settings(text: str) -> bool:
    """Whether an expression reads the environment or settings, by what it is called."""
    parts = text.lower().replace("_", ".").split(".")
    return any(part in parts for part in _ENV_TEXTS)
