"""How a step tells its outputs: lines for the file that GITHUB_OUTPUT names."""

from collections.abc import Mapping


def output_lines(outputs: Mapping[str, str]) -> str:
    """`name=value` lines. A value is one line: more would let it set outputs of its own."""
    for name, value in outputs.items():
        if any(sign in value for sign in "\r\n"):
            raise ValueError(f"the output {name} has several lines")
    return "".join(f"{name}={value}\n" for name, value in outputs.items())
