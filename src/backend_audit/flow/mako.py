"""Mako's default filters: the lookup, a single template or Pyramid's settings say whether outputs are escaped.

https://docs.makotemplates.org/en/latest/filtering.html#the-default-filters-argument,
https://docs.pylonsproject.org/projects/pyramid_mako/en/latest/ (which escapes by default)
"""

from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.link.project import Project
from backend_audit.source import Language

_ESCAPING = frozenset(("h", "x", "html_escape"))
_escaping: "WeakKeyDictionary[Project, bool]" = WeakKeyDictionary()


def escapes(project: Project) -> bool:
    """Whether any engine of the project escapes all outputs; which one renders a template is not known."""
    known = _escaping.get(project)
    if known is None:
        known = _escaping[project] = any(
            _says_so(node)
            for module in project.modules.values()
            if module.node.language is Language.PYTHON
            for node in ir.walk(*module.node.body)
        )
    return known


def _says_so(node: ir.Node) -> bool:
    if isinstance(node, ir.Arg) and node.name == "default_filters":
        return any(isinstance(one, ir.Const) and one.value in _ESCAPING for one in ir.walk(node.value))
    return isinstance(node, ir.Import) and node.module == "pyramid_mako"
