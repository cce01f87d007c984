"""Parts that are asked for by a name that is itself a value: `getattr(module, name)`, options of a configuration parser."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.arguments import Args, argument, constant_key, texts_of
from backend_audit.flow.concepts import Operand
from backend_audit.flow.lexemes import NO_SECRET
from backend_audit.flow.ordering import in_order, of_kind
from backend_audit.flow.origins import DERIVED, Origin
from backend_audit.flow.parts import of_origin
from backend_audit.flow.values import NOTHING, UNKNOWN, Value, changed, join, join_all, transform
from backend_audit.flow.written import dotted
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, Symbol

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

_REFERER = frozenset(("referer",))  # a mark
_REFERRING = re.compile(r"(?:http_)?referr?er", re.IGNORECASE)
# Of WSGI's variables those that no request decides: https://peps.python.org/pep-3333/#environ-variables
_OF_SERVER = frozenset("SERVER_PORT SERVER_NAME SERVER_PROTOCOL SERVER_SOFTWARE REMOTE_ADDR REMOTE_PORT".split())
_MAX_CANDIDATES = 12
_PARSERS = frozenset(("configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser"))
_READERS = frozenset(("read_string", "read_file", "read_dict"))
_LOOKING_UP = frozenset(("get", "pop"))
_GETTERS = frozenset(("get", "getint", "getfloat", "getboolean"))


def attribute(frame: "Expressions", node: ir.Call, args: Args) -> Value | None:
    """`getattr(object, name, default)`: for a name that is open, any of the few things that it can mean in the project."""
    base, name, default = (argument(args, key) for key in ("0", "1", "2"))
    if base is None or name is None:
        return None
    texts = name.value.texts() if name.value.constants() is not None else ()
    if texts:
        owner = node.args[0].value
        found = join_all(frame.read(base.value, text, ir.Attribute(node.at, node.end, owner, text)) for text in texts)
    else:
        named = _candidates(frame, base.value, _prefix(name.value))
        if not named:
            return None
        found = changed(Value(refs=frozenset(named)), open=True)
    return found if default is None else join(found, default.value)


def set_attribute(frame: "Expressions", args: Args) -> None:
    """`setattr(object, "name", value)`, as `object.name = value` says it."""
    base, name, given = (argument(args, key) for key in ("0", "1", "2"))
    if base is None or base.node is None or name is None or given is None or name.value.constants() is None:
        return
    texts = name.value.texts()
    key = dotted(base.node)
    for text in texts:
        if key is not None and len(texts) == 1:
            frame.assign_path(f"{key}.{text}", given.value)
        for owner in frame.engine.classes_of(base.value):
            frame.engine.set_field(owner, text, given.value)
        for path in sorted((base.value.apis | base.value.types) & frame.models.shared):
            frame.engine.set_external(path, text, given.value)


def _prefix(name: Value) -> str:
    """What the name is known to begin with: `getattr(self, f"on_{event}")`."""
    heads = {shape.parts[0] for shape in name.shapes if shape.parts and isinstance(shape.parts[0], str)}
    return heads.pop() if len(heads) == 1 and len(name.shapes) == 1 and not name.open else ""


def _candidates(frame: "Expressions", base: Value, prefix: str) -> list[Symbol]:
    found: list[Symbol] = []
    for symbol in of_kind(base.refs, ModuleSymbol):
        named = [*symbol.functions.items(), *symbol.classes.items()]
        found += [one for name, one in named if name.startswith(prefix) and "." not in name]
    owners = of_kind(base.refs, ClassSymbol)
    owners += frame.engine.classes_of(base)
    if prefix:  # any method at all would be a guess
        for owner in owners:
            found += [one for name, one in owner.methods.items() if name.startswith(prefix)]
    return found if len(found) <= _MAX_CANDIDATES else []


def keep(frame: "Expressions", base: Value, key: Value, value: Value) -> None:
    """`session["next"] = value`: every function finds it there."""
    if value.all_origins():
        for path in _shared(frame, base):
            for text in key.texts():
                frame.engine.set_external(path, f"[{text}]", value)


def kept(frame: "Expressions", base: Value, names: Sequence[str]) -> Value:
    """What the project has put under one of these names into something that all functions share: a session."""
    paths = _shared(frame, base)
    found = [frame.engine.external_field(path, f"[{name}]", frame.function) for path in paths for name in names]
    return join_all(one for one in found if one is not None)


def _shared(frame: "Expressions", base: Value) -> list[str]:
    """The API paths under which all functions find what is put into `base`."""
    if not base.apis and not base.types:
        return []
    means = (frame.models.result(path) or path for path in in_order(base.apis))
    return sorted(frame.models.shared.intersection((*means, *base.types)))


def looked_up(frame: "Expressions", receiver: Value, method: str, args: Args) -> Value:
    """The same for `session.get("next")`."""
    key = constant_key(args, ("0",)) if method in _LOOKING_UP else None
    return kept(frame, receiver, (str(key),)) if key is not None else NOTHING


def held(receiver: Value, method: str, args: Args) -> Value | None:
    """What `data.get("name")` gives of something unknown into which the program itself has put that."""
    key = constant_key(args, ("0",)) if method in _LOOKING_UP else None
    return None if key is None or receiver.items is None else receiver.items.get(key)


def but_for_what_was_put_in(receiver: Value, method: str, args: Args) -> Value:
    """Something unknown as it is asked for another key than those that the program has put into it."""
    asked = method in _LOOKING_UP and constant_key(args, ("0",)) is not None
    return changed(receiver, items=None) if asked else receiver


def is_parser(receiver: Value | None) -> bool:
    """Whether the object is a configuration parser of the standard library."""
    return receiver is not None and bool(receiver.types & _PARSERS)


def option(receiver: Value, method: str, args: Args) -> Value | None:
    """What `parser.get(section, name)` gives, as far as the program itself has set it."""
    if method not in _GETTERS or not receiver.items:
        return None
    key = _option_key(args)
    known = join_all(receiver.items.values()) if key is None else receiver.items.get(key, UNKNOWN)
    fallback = argument(args, ":fallback")
    return known if fallback is None else join(known, fallback.value)


def with_option(receiver: Value, args: Args) -> Value | None:
    """The parser after `parser.set(section, name, value)`."""
    key, value = _option_key(args), argument(args, "2:value")
    if value is None:
        return None
    items = dict(receiver.items or {})
    items["" if key is None else key] = value.value
    return changed(receiver, items=items)


def with_read(receiver: Value, method: str, args: Args) -> Value | None:
    """The parser after it has read a text, a file or a mapping: all of its options may come from there."""
    source = argument(args, "0") if method in _READERS else None
    return None if source is None else receiver.with_origins(source.value.derived().origins)


def _option_key(args: Args) -> str | None:
    parts = [operand.value.constant() for key in ("0:section", "1:option") if (operand := argument(args, key)) is not None]
    if len(parts) != 2 or any(part is None for part in parts):
        return None
    return "\x00".join(str(part.value) for part in parts if part is not None)


def gives_away(receiver: Value, method: str, names: Sequence[str], args: Args) -> bool:
    """Whether what a method of a secret gives is the secret still: of one secret, an entry that nobody names is not."""
    if method in _LOOKING_UP and not names and args:
        return any(one.label == "secret" and not sensitive.is_one(str(one.key[0])) for one in receiver.origins)
    return sensitive.gives_away(method, names[0] if names else "")


def given_by(found: Value, callee: Value, receiver: Value, method: str, args: Args) -> Value:
    """What a method gives of an object with data in it, as far as no code of the project says so."""
    asked = texts_of(args, "0")
    if (not callee.refs or callee.apis) and not gives_away(receiver, method, asked, args):
        found = _kept_back(found if callee.refs else found.without("secret"), receiver)
    return found if callee.refs else asked_for(found, asked, receiver, method)


def as_called(function: str, args: Args, found: Value) -> Value:
    """What a function of the project gives, as far as its name says that it is no secret: `get_username(session_cookie)`."""
    found = found.without("secret") if sensitive.is_public(function) else found
    return another_entry(found) if sensitive.gives_another_entry(function, written_names(args)) else found


def written_names(args: Args) -> tuple[str, ...]:
    """The names that a look-up is asked for, as far as they are written: `get(f"regions.{name}")` asks for one of `regions`."""
    asked = argument(args, "0")
    if asked is None or asked.value.texts():
        return texts_of(args, "0")
    return tuple(text for one in asked.value.shapes if (text := one.text("")))


def another_entry(found: Value) -> Value:
    """What a look-up gives by a name that is no secret's: only what it holds under the name of one is one."""
    items = found.items and {
        key: one if isinstance(key, str) and sensitive.classify(key) is not None else another_entry(one)
        for key, one in found.items.items()
    }
    elem = None if found.elem is None else another_entry(found.elem)
    return changed(found.without("secret"), items=items, elem=elem)


def _kept_back(found: Value, receiver: Value) -> Value:
    """What a library's method that gives no secret away gives of its object, a parameter: `user.get_id()`."""
    whole = [one.key for one in receiver.origins if one.label == "param"]
    own = {key if key[-1] == DERIVED else (*key, DERIVED) for key in whole}
    if not own:
        return found
    return transform(found, lambda one: (one.clear(NO_SECRET) if one.label == "param" and one.key in own else one,))


def entry(found: Value, names: Sequence[str]) -> Value:
    """`found` as what a mapping of headers holds under one of `names`: browsers write `Referer`, the server its own port."""
    if names and _OF_SERVER.issuperset(names) and any(map(_of_environment, found.origins)):
        found = changed(found, open=True, origins=frozenset(one for one in found.origins if not _of_environment(one)))
    return found.cleared(_REFERER) if any(_REFERRING.fullmatch(name) for name in names) else found


def asked_for(found: Value, names: Sequence[str], receiver: Value, method: str) -> Value:
    """`found` as what `data.get("name")` gives: of a parameter, that part."""
    if method in _LOOKING_UP and len(names) == 1 and not receiver.kind:
        whole = {(*one.key, DERIVED): of_origin(one, names[0]) for one in receiver.origins if one.label == "param"}
        found = changed(found, origins=frozenset(_part(one, whole.get(one.key)) for one in found.origins)) if whole else found
    return entry(found, names)


def _of_environment(origin: Origin) -> bool:
    return origin.label == "untrusted" and str(origin.key[0]).endswith((".environ", ".META"))


def _part(origin: Origin, part: Origin | None) -> Origin:
    return origin if part is None else Origin("param", part.key, origin.what, origin.cleared, origin.trace)


def bound_to(frame: "Expressions", function: Operand) -> Value | None:
    """The object of a method that is handed over: `Thread(target=self.work)`."""
    owners = {one.owner for one in function.value.refs if isinstance(one, FunctionSymbol) and one.binds_first}
    if not isinstance(function.node, ir.Attribute) or len(owners) != 1 or len(function.value.refs) != 1:
        return None
    base = frame.eval(function.node.value)
    return None if any(isinstance(one, ClassSymbol) for one in base.refs) else base
