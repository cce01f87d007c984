"""Data that becomes objects by a format that can run code."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._operands import apis, is_false, is_none, named, shown, spread, truth
from backend_audit.checks._own_pickles import wrote_it
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Deserialization, Operand, Setting
from backend_audit.source import Mark

RULE = "unsafe-deserialization"

_FIXES = {
    "js-yaml": "Leave the default schema, which holds data only: `yaml.load(text)`.",
    "yaml": "`yaml.safe_load(…)`, or `Loader=yaml.SafeLoader`.",
    "ruamel": "`YAML(typ='safe')`.",
    "torch": "`torch.load(…, weights_only=True)`, or the safetensors format.",
    "numpy": "Leave `allow_pickle` off and store plain arrays.",
}
_FIX = "Use a format that holds data only (JSON, MessagePack), or check an HMAC over the bytes before they are read."


# https://docs.celeryq.dev/en/stable/userguide/configuration.html#accept-content, https://docs.djangoproject.com/en/4.2/topics/http/sessions/
_ACCEPTING = {
    "CELERY_ACCEPT_CONTENT": "Celery's workers",
    "CELERY_RESULT_ACCEPT_CONTENT": "Whoever asks for Celery's results",
    "SESSION_SERIALIZER": "Django's sessions",
}
_SEALING = ("itsdangerous.", "cryptography.fernet.", "django.core.signing.", "nacl.")
_OPENING = frozenset(("unsign", "loads", "decrypt"))
_PICKLES = frozenset(("pickle", "application/x-python-serialize", "django.contrib.sessions.serializers.PickleSerializer"))


@check(RULE)
def pickles_accepted(setting: Setting) -> Iterator[Alert]:
    """`CELERY_ACCEPT_CONTENT = ["pickle"]` in the settings: who reaches the broker runs code in the workers."""
    names = {setting.name, *(setting.key.value.texts() if setting.key is not None else ())} & _ACCEPTING.keys()
    value = None if setting.value is None else setting.value.value
    texts = set() if value is None else {text for one in (value, *value.inside()) for text in one.texts()}
    if names and texts & _PICKLES:
        yield Alert(
            node=setting.site.node,
            message=f"{_ACCEPTING[min(names)]} read pickles: whoever can write to where these come from runs code there.",
            fix="Accept `json` alone, and hand over ids and plain values instead of objects.",
            confidence=Confidence.MEDIUM,
        )


@check(RULE)
def code_from_data(reading: Deserialization) -> Iterator[Alert]:
    """`pickle.loads(request.body)`, `yaml.load(text, Loader=yaml.Loader)`."""
    unsafe = _unsafe(reading)
    if unsafe is None or _chooses_classes(reading):
        return
    data = reading.data
    untrusted = () if data is None else data.value.carries("untrusted", "code")
    certain_safe = data is not None and data.value.is_literal() and reading.format not in ("shelve", "joblib", "torch")
    if certain_safe and not untrusted:
        return
    confidence, where = _judge(reading, unsafe)
    steps: tuple[Mark, ...] = ()
    if untrusted:
        confidence, steps = Confidence.HIGH, untrusted[0].marks()
        where = f", and `{shown(data)}` comes from {untrusted[0].what or 'a request'}"
    kind = {
        "shelve": "pickle",
        "joblib": "pickle",
        "torch": "pickle",
        "numpy": "pickle",
        "ruamel": "yaml",
        "yaml-full": "yaml",
        "js-yaml": "yaml",
    }.get(reading.format, reading.format)
    yield Alert(
        node=reading.site.node,
        message=f"`{named(reading.site)}` runs whatever code the {kind} data names{where}.",
        fix=_FIXES.get(reading.format, _FIX),
        confidence=confidence,
        steps=steps,
    )


def _chooses_classes(reading: Deserialization) -> bool:
    """`class Safe(pickle.Unpickler)` with a `find_class` of its own that turns classes away."""
    module = reading.site.module
    for node in ir.walk(*module.body) if module is not None and reading.format == "pickle" else ():
        if isinstance(node, ir.Class) and node.name == reading.site.written.rpartition(".")[2]:
            own = (one for one in node.body if isinstance(one, ir.Function) and one.name == "find_class")
            return any(isinstance(inner, ir.Raise) for one in own for inner in ir.walk_scope(*one.body))
    return False


def _is_signed(data: Operand | None) -> bool:
    """Whether the program itself has signed or encrypted the data: `Signer(key).unsign(text)`, a signature that was compared."""
    if data is None:
        return False
    told = {path.removesuffix("()") for path in data.value.types | data.value.apis}
    opened = any(path.startswith(_SEALING) and path.rpartition(".")[2] in _OPENING for path in told)
    return opened or bool(data.value.carries("untrusted"))  # what was compared before


def _unsafe(reading: Deserialization) -> Confidence | None:
    """Whether this call can run code: HIGH for certain, MEDIUM when it depends on the release, None when not."""
    if reading.format == "yaml-full":  # closed by release after release: told only for data from outside
        return Confidence.MEDIUM if reading.data is not None and reading.data.value.carries("untrusted") else None
    if reading.format == "yaml":
        return Confidence.HIGH if reading.always else _yaml(reading)
    if reading.format == "js-yaml":
        return Confidence.HIGH if _makes_functions(reading.loader) else None
    if reading.format == "ruamel":
        texts = reading.loader.value.texts() if reading.loader is not None else ()
        return Confidence.HIGH if "unsafe" in texts else None
    if reading.format == "torch":
        if truth(reading.allow) is True:
            return None
        return Confidence.HIGH if is_false(reading.allow) else Confidence.LOW  # the default since 2.6 is safe
    if reading.format == "numpy":
        return Confidence.HIGH if truth(reading.allow) is True else None
    if reading.format == "jsonpickle" and truth(reading.allow) is True:
        return None
    return Confidence.HIGH


def _makes_functions(schema: Operand | None) -> bool:
    """Whether a schema of js-yaml has the types for functions."""
    if schema is None:
        return False
    if any(path.endswith(("FULL_SCHEMA", "js-yaml-js-types.all", "js-yaml-js-types.function")) for path in apis(schema)):
        return True
    nodes: list[ir.Node] = [] if schema.node is None else [schema.node]
    return any(isinstance(one, ir.Attribute) and one.attr in ("all", "function") for one in ir.walk(*nodes))


def _yaml(reading: Deserialization) -> Confidence | None:
    if reading.loader is None or is_none(reading.loader):
        return None if spread(reading.site) else Confidence.MEDIUM  # a TypeError since PyYAML 6
    safe = set(reading.safe_loaders.split())
    said = apis(reading.loader)
    if not said or said & safe or any(path.rpartition(".")[2] in ("SafeLoader", "CSafeLoader") for path in said):
        return None
    return Confidence.HIGH if all(path.startswith(("yaml.", "ruamel.")) for path in said) else None


def _judge(reading: Deserialization, unsafe: Confidence) -> tuple[Confidence, str]:
    """Without knowledge of where the data comes from."""
    if reading.format in ("yaml", "ruamel"):
        return Confidence.MEDIUM, ""
    if wrote_it(reading.site) or _is_signed(reading.data):
        return Confidence.LOW, ""
    if reading.format in ("joblib", "torch", "numpy", "shelve") or reading.site.api.endswith((".load", ".read_pickle")):
        return Confidence.LOW, ""
    return Confidence.MEDIUM if unsafe is Confidence.HIGH else Confidence.LOW, ""
