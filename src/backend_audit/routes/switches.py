"""Switches of library calls, as rows of models name them."""

from backend_audit import ir


def switched_on(call: ir.Call, spec: str) -> bool:
    """Whether the argument that `spec` means is written as True; `0.option=false`: a property of it as that."""
    at, _, option = spec.partition(".")
    if option:
        name, _, wanted = option.partition("=")
        holder = call.args[int(at)].value if int(at) < len(call.args) else None
        items = holder.items if isinstance(holder, ir.Container) else []
        told = [item.value for item in items if isinstance(item.key, ir.Const) and item.key.value == name]
        return any(isinstance(one, ir.Const) and one.value is (wanted == "true") for one in told)
    position, _, name = spec.partition(":")
    positional = [arg for arg in call.args if arg.name is None]
    given = [arg.value for arg in call.args if arg.name == name]
    if position and int(position) < len(positional):
        given.append(positional[int(position)].value)
    return any(isinstance(one, ir.Const) and one.value is True for one in given)
