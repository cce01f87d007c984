"""Whether a script is part of a page in a visitor's browser, and no part of the service."""

import re
from collections.abc import Iterator
from functools import lru_cache

from backend_audit import ir
from backend_audit.checks._view import local_imports
from backend_audit.finding import Confidence

_OF_PAGES = frozenset(
    "react react-dom vue svelte preact solid-js jquery angular ng-metadata @angular @vue @patternfly @mui antd grainjs knockout "
    "backbone @ember ember-data mithril lit lit-element @lit alpinejs @hotwired htmx codemirror @codemirror bootstrap "
    "leaflet".split()
)
_OF_SERVERS = frozenset(
    "express fastify koa hapi @hapi @nestjs http https http2 net tls fs child_process cluster worker_threads node".split()
)
_STYLES = re.compile(r"\.(?:css|less|scss|sass|styl)$")
_SCRIPT = re.compile(r"\.[cm]?[jt]sx?$")
_PAGE_FILE = re.compile(r"\.[jt]sx$")
_OF_CLIENT = re.compile(r"(?:^|/)(?:client|frontend|webapp)/(?:.*/)?(?:components|ui\d*|widgets|pages|views|layouts|hooks)/")
_SERVED = re.compile(r"(?:^|/)(?:static|public|assets|www)/(?:.*/)?(?:js|javascripts?|scripts)/")
_OF_DOCUMENT = re.compile(r"^(?:getElement|querySelector|createElement|addEventListener|body$|cookie$)")


@lru_cache(maxsize=128)  # checks of one file ask one after the other
def in_a_page(module: ir.Module) -> bool:
    """By what it loads, where it lies or the document that it works on; what a server alone can load says that it is none."""
    if not _SCRIPT.search(module.path):
        return False
    packages = {path.split(".")[0].split("/")[0] for path in local_imports(module).values()}
    if not _OF_SERVERS.isdisjoint(packages):
        return False
    if (
        _SERVED.search(module.path)
        or _PAGE_FILE.search(module.path)
        or _OF_CLIENT.search(module.path)
        or not _OF_PAGES.isdisjoint(packages)
    ):
        return True
    nodes = list(ir.walk(*module.body))
    given = set(local_imports(module)) | {name for node in nodes for name in _bound(node)}
    return any(_of_page(node, given) for node in nodes)


def of_service(confidence: Confidence, module: ir.Module | None) -> Confidence:
    """Less sure of a page: what it does wrong, it does in the browser of the one who sees it."""
    return Confidence.LOW if module is not None and in_a_page(module) else confidence


def _bound(node: ir.Node) -> Iterator[str]:
    """Names that the program itself gives a meaning: its `document` is a record, its `window` one of time."""
    if isinstance(node, ir.Function):
        yield from (param.name for param in node.params)
        patterns = [param.pattern for param in node.params if param.pattern is not None]
    elif isinstance(node, ir.Assign) and node.declares:
        patterns = node.targets
    elif isinstance(node, ir.For):
        patterns = [node.target]
    else:
        return
    yield from (one.id for one in ir.walk(*patterns) if isinstance(one, ir.Name))


def _of_page(node: ir.Node, given: set[str]) -> bool:
    if isinstance(node, ir.Import):
        return _STYLES.search(node.module) is not None
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name):
        return node.func.id in ("$", "jQuery") and node.func.id not in given
    if not isinstance(node, ir.Attribute) or not isinstance(node.value, ir.Name) or node.value.id in given:
        return False
    if node.value.id == "document":
        return _OF_DOCUMENT.search(node.attr) is not None
    return node.value.id == "window" or (node.value.id == "angular" and node.attr == "module")
