"""Jinja's escaping of templates whose names do not say it: Flask escapes `.html` and its like, unless the program says more.

https://flask.palletsprojects.com/en/stable/templating/#jinja-setup, https://jinja.palletsprojects.com/en/stable/api/#autoescaping
"""

from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.link.project import Project
from backend_audit.source import Language

_OPTION = "autoescape"
_everywhere: "WeakKeyDictionary[Project, bool]" = WeakKeyDictionary()


def everywhere(project: Project) -> bool:
    """Whether the project has an engine escape in all templates; which engine renders a template is not known."""
    known = _everywhere.get(project)
    if known is None:
        known = _everywhere[project] = any(
            _says_so(node)
            for module in project.modules.values()
            if module.node.language is Language.PYTHON
            for node in ir.walk(*module.node.body)
        )
    return known


def _says_so(node: ir.Node) -> bool:
    """`Environment(autoescape=True)`, `app.jinja_env.autoescape = True`, `app.jinja_options = {"autoescape": True}`."""
    if isinstance(node, ir.Arg):
        return node.name == _OPTION and _is_true(node.value)
    if isinstance(node, ir.Assign):
        named = any(isinstance(one, ir.Attribute) and one.attr == _OPTION for one in node.targets)
        return named and node.value is not None and _is_true(node.value)
    if isinstance(node, ir.Item):
        return isinstance(node.key, ir.Const) and node.key.value == _OPTION and _is_true(node.value)
    return False


def _is_true(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and node.value is True
