"""What a project says of its engines' escaping, where a template does not say it; which engine renders which is not known.

Flask escapes `.html` and its like, unless the program says more; Mako's lookup, a template or Pyramid's settings name filters.
https://flask.palletsprojects.com/en/stable/templating/#jinja-setup, https://jinja.palletsprojects.com/en/stable/api/#autoescaping
https://docs.makotemplates.org/en/latest/filtering.html#the-default-filters-argument,
https://docs.pylonsproject.org/projects/pyramid_mako/en/latest/ (which escapes by default)
"""

from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.link.project import Project
from backend_audit.source import Language

_OPTION = "autoescape"
_BACKEND = "BACKEND"
_ESCAPING_BACKENDS = frozenset(  # Django's settings: what they make of Jinja escapes unless it is told not to
    ("django.template.backends.jinja2.Jinja2", "django_jinja.backend.Jinja2", "django_jinja.jinja2.Jinja2")
)
_FILTERS = frozenset(("h", "x", "html_escape"))
_said: "WeakKeyDictionary[Project, tuple[bool, bool]]" = WeakKeyDictionary()


def by_jinja(project: Project) -> bool:
    """Whether the project has an engine of Jinja escape in all templates."""
    return _of(project)[0]


def by_mako(project: Project) -> bool:
    """Whether any engine of Mako of the project escapes all outputs."""
    return _of(project)[1]


def _of(project: Project) -> tuple[bool, bool]:
    known = _said.get(project)
    if known is None:
        jinja = mako = False
        for module in project.modules.values():
            for node in module.nodes if module.node.language is Language.PYTHON else ():
                jinja = jinja or _says_jinja(node)
                mako = mako or _says_mako(node)
        known = _said[project] = (jinja, mako)
    return known


def _says_jinja(node: ir.Node) -> bool:
    """`Environment(autoescape=True)`, `app.jinja_env.autoescape = True`, Flask's `jinja_options`, Django's backend for Jinja."""
    if isinstance(node, ir.Arg):
        return node.name == _OPTION and _is_true(node.value)
    if isinstance(node, ir.Assign):
        named = any(isinstance(one, ir.Attribute) and one.attr == _OPTION for one in node.targets)
        return named and node.value is not None and _is_true(node.value)
    if not isinstance(node, ir.Item) or not isinstance(node.key, ir.Const):
        return False
    if node.key.value == _BACKEND:
        return isinstance(node.value, ir.Const) and node.value.value in _ESCAPING_BACKENDS
    return node.key.value == _OPTION and _is_true(node.value)


def _says_mako(node: ir.Node) -> bool:
    """`TemplateLookup(default_filters=["h"])`; Pyramid's Mako escapes by itself."""
    if isinstance(node, ir.Arg) and node.name == "default_filters":
        return any(isinstance(one, ir.Const) and one.value in _FILTERS for one in ir.walk(node.value))
    return isinstance(node, ir.Import) and node.module == "pyramid_mako"


def _is_true(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and node.value is True
