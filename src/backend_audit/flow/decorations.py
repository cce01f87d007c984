"""What is known of the functions that are decorated by functions of the project, by the keys of these."""

from dataclasses import dataclass, field

from backend_audit.flow.arguments import Args
from backend_audit.link.symbols import FunctionSymbol


@dataclass(slots=True)
class Decorations:
    """`given` to a parameter that is called; what is `decorated`, who `calls` it within and has `read` its answers."""

    given: dict[tuple[str, int], dict[str, Args]] = field(default_factory=dict)
    decorated: dict[str, dict[str, FunctionSymbol]] = field(default_factory=dict)
    calls: dict[str, dict[str, FunctionSymbol]] = field(default_factory=dict)
    read: dict[str, set[str]] = field(default_factory=dict)
