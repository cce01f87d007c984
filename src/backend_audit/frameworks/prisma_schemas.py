"""Columns of Prisma's data models that refer to other tables, are asked for and have no index.

https://www.prisma.io/docs/orm/prisma-schema/data-model/relations/relation-mode#indexes, …/prisma-schema/data-model/indexes
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.frameworks.indexes import UnindexedColumn, together
from backend_audit.frameworks.whole_lists import FEW
from backend_audit.source import Mark

_BLOCK = re.compile(r"^\s*(model|datasource)\s+(\w+)\s*\{([^}]*)\}", re.MULTILINE)
_FIELD = re.compile(r"^[ \t]*(\w+)[ \t]+(\w+)(\[\])?\??[ \t]*(.*)$", re.MULTILINE)
_COVERING = re.compile(r"@@(?:index|unique|id)\(\s*(?:fields:\s*)?\[\s*(\w+)")
_REFERENCE = re.compile(r"@relation\([^)]*fields:\s*\[\s*(\w+)")
_PROVIDER = re.compile(r'provider\s*=\s*"(\w+)"')
_MAPPED = re.compile(r'@@map\(\s*(?:name:\s*)?"(\w+)"')
_SINGLE = re.compile(r"@(?:id|unique)\b")
_COMMENT = re.compile(r"//[^\n]*")
_ASKING = ("find", "delete", "update", "count", "aggregate", "group")


@dataclass(slots=True)
class _Asked:
    """What queries are narrowed by (model and column), and the relations that they load, step by step from the model."""

    where: set[tuple[str, str]] = field(default_factory=set)
    loaded: set[tuple[str, ...]] = field(default_factory=set)

    def loads(self, models: "dict[str, _Model]") -> set[tuple[str, str]]:
        """The pairs of model and field at which the loaded relations end, by the types that fields have."""
        found: set[tuple[str, str]] = set()
        for first, *steps in self.loaded:
            model = models.get(first)
            for step in steps:
                if model is None:
                    break
                found.add((model.name, step))
                kind = next((one[2] for one in _FIELD.finditer(model.body) if one[1] == step), "")
                model = models.get(kind.lower())
        return found


@dataclass(frozen=True, slots=True)
class _Model:
    path: str
    name: str
    at: int  # where its body begins in the text
    body: str


def mapped_in_prisma(texts: Mapping[str, str]) -> Iterator[str]:
    """The names of models, and of the tables that they are mapped to."""
    for path in sorted(texts):
        for model in _models(path, texts[path]) if path.endswith(".prisma") else ():
            yield model.name
            yield from _MAPPED.findall(model.body)


def fields_in_prisma(texts: Mapping[str, str]) -> Iterator[tuple[str, str, str, Mark]]:
    """Model, name, type and place of each field, in the order of the files."""
    for path in sorted(texts):
        for model in _models(path, _COMMENT.sub(lambda one: " " * len(one[0]), texts[path])) if path.endswith(".prisma") else ():
            for one in _FIELD.finditer(model.body):
                at = model.at + one.start(1)
                yield model.name, one[1], one[2], Mark(path, at, at + len(one[1]), f"a column of `{model.name}`")


def unindexed_in_prisma(engine: Engine, texts: Mapping[str, str]) -> Iterator[UnindexedColumn]:
    """In the order of the files. `texts`: schemas and others, by path; the files of one folder are one schema."""
    schemas = {
        path: _COMMENT.sub(lambda one: " " * len(one[0]), text) for path, text in texts.items() if path.endswith(".prisma")
    }
    if not schemas:
        return
    asked = _asked(engine)
    for folder in sorted({posixpath.dirname(path) for path in schemas}):
        own = {path: text for path, text in sorted(schemas.items()) if posixpath.dirname(path) == folder}
        if not _indexes_references(own.values()):
            models = [one for path, text in own.items() for one in _models(path, text)]
            known = {one.name.lower(): one for one in models}
            loaded = asked.loads(known)
            for model in models:
                yield from together(list(_of_model(model, known, asked, loaded)))


def _indexes_references(texts: Iterable[str]) -> bool:
    """Whether the database puts an index on a foreign key of itself, as MySQL does unless Prisma keeps the keys."""
    sources = [block[3] for text in texts for block in _BLOCK.finditer(text) if block[1] == "datasource"]
    return any(_PROVIDER.findall(one) == ["mysql"] and '"prisma"' not in one for one in sources)


def _models(path: str, text: str) -> Iterator[_Model]:
    for block in _BLOCK.finditer(text):
        if block[1] == "model":
            yield _Model(path, block[2], block.start(3), block[3])


def _of_model(model: _Model, models: dict[str, _Model], asked: _Asked, loaded: set[tuple[str, str]]) -> Iterator[UnindexedColumn]:
    covered = set(_COVERING.findall(model.body))
    fields = {one[1]: one for one in _FIELD.finditer(model.body)}
    for relation in fields.values():
        refers = _REFERENCE.search(relation[4])
        column = fields.get(refers[1]) if refers is not None else None
        if column is None or column[1] in covered or _SINGLE.search(column[4]):
            continue
        other = models.get(relation[2].lower())
        lists = [] if other is None else [one[1] for one in _FIELD.finditer(other.body) if one[2] == model.name and one[3]]
        narrowed = {(model.name.lower(), name) for name in (column[1], relation[1])} & asked.where
        if narrowed or any((relation[2], one) in loaded for one in lists):
            at = model.at + column.start(1)
            node = ir.Name(at, at + len(column[1]), column[1])
            few = bool(FEW.search(model.name) or FEW.search(relation[2]))
            yield UnindexedColumn(
                Site(model.path, node, "", column[1], model.name), "reference", model.name, column[1], relation[2], few
            )


def _asked(engine: Engine) -> _Asked:
    found = _Asked()
    for module in sorted(engine.project.modules.values(), key=lambda one: one.path):
        for node in module.nodes.of(ir.Call):
            if isinstance(node.func, ir.Attribute) and node.func.attr.startswith(_ASKING):
                model = written(node.func.value).rpartition(".")[2].lower()
                for arg in node.args:
                    _keys(arg.value, (model,), found)
    return found


def _keys(node: ir.Expr, way: tuple[str, ...], found: _Asked) -> None:
    for item in node.items if isinstance(node, ir.Container) else ():
        key = item.key.value if isinstance(item.key, ir.Const) else None
        inner = item.value.items if isinstance(item.value, ir.Container) else []
        for one in inner if key in ("where", "include", "select") else ():
            name = str(one.key.value) if isinstance(one.key, ir.Const) else ""
            if key != "where":
                found.loaded.add((*way, name))
                _keys(one.value, (*way, name), found)
            elif len(way) == 1:
                found.where |= {(way[0], str(each)) for each in _named(one)}


def _named(item: ir.Item) -> Iterator[object]:
    """The keys of a condition, those within `AND`, `OR` and relations too."""
    for one in ir.walk(item):
        if isinstance(one, ir.Item) and isinstance(one.key, ir.Const):
            yield one.key.value
