"""Functions of libraries that read what stands at a path in an object: `_.get(req, "query.name")` is `req.query.name`.

https://lodash.com/docs/#get, https://ramdajs.com/docs/#path, https://github.com/sindresorhus/dot-prop, https://github.com/mariocasciaro/object-path
"""

import re
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.values import UNKNOWN, Value, join

if TYPE_CHECKING:
    from backend_audit.flow.script_calls import ScriptCalls

_READERS = {  # the positions of the object, of the path, and of what is given where nothing stands there
    path: places
    for places, paths in {
        "012": "lodash.get lodash.result object-path.get dot-prop.get dot-prop.getProperty get-value",
        "10": "ramda.path ramda.prop rambda.path rambda.prop lodash.fp.get lodash.fp.prop lodash.fp.path",
        "210": "ramda.pathOr ramda.propOr rambda.pathOr rambda.propOr lodash.fp.getOr",
    }.items()
    for path in paths.split()
}
_STEP = re.compile(r"[^.\[\]]+")


def called(frame: "ScriptCalls", node: ir.Call, path: str, args: Args) -> Value | None:
    """What such a function gives; None where the path is not known, or nothing of what stands there."""
    places = _READERS.get(path)
    base, way, other = (None if places is None or at >= len(places) else argument(args, places[at]) for at in range(3))
    steps = [] if base is None or way is None else _steps(way.value)
    if base is None or not steps:
        return None
    found = base.value
    for step in steps:
        if found.kind in ("list", "tuple") and step.isdigit():
            found = found.item(int(step)) or UNKNOWN
        else:
            found = frame.read(found, step, ir.Attribute(node.at, node.end, base.node or node.func, step))
    return None if found is UNKNOWN else found if other is None else join(found, other.value)


def _steps(way: Value) -> list[str]:
    """`"a.b[0]"` and `["a", "b", 0]` as steps."""
    if way.kind in ("list", "tuple"):
        items = way.items or {}
        held = [items[key].constant() for key in sorted(key for key in items if isinstance(key, int))]
        return [] if None in held or way.elem is not None else [str(one.value) for one in held if one is not None]
    texts = way.texts() if way.constants() is not None else ()
    return _STEP.findall(texts[0]) if len(texts) == 1 else []
