"""XML parsers that read files and addresses which the document names, or that unfold a few bytes into gigabytes."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import meant, scope
from backend_audit.checks._operands import is_false, named, names, receiver, shown, truth
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, Site, XmlParsing
from backend_audit.flow.origins import Origin
from backend_audit.flow.written import last_word

RULE = "xml-external-entities"

_FEATURES = frozenset(
    ("feature_external_ges", "feature_external_pes", "http://xml.org/sax/features/external-general-entities",
     "http://xml.org/sax/features/external-parameter-entities")
)  # fmt: skip
_SAFE_SINCE = ("lxml", (5, 0))  # the default parser resolves no external entities any more
_RISK = "a document can make it read files of the server and call addresses inside its network"
_FIX_LXML = "Parse with `etree.XMLParser(resolve_entities=False, no_network=True)`, or with `defusedxml`."
_FIX_SAX = "Leave external entities off, or parse with `defusedxml.sax`."

_FIX_NODE = "Leave `noent` off, or take a parser that knows no entities: `fast-xml-parser`, `libxmljs.parseXml(text)`."


@check(RULE)
def document_parsed_with_entities(parsing: XmlParsing) -> Iterator[Alert]:
    """`etree.fromstring(request.data)`, `minidom.parseString(body, parser)` after `setFeature(feature_external_ges, True)`."""
    if parsing.kind != "parse" or _harmless(parsing.data):
        return
    # Markup that was escaped declares no entities.
    untrusted = () if parsing.data is None else parsing.data.value.carries("untrusted", "html")
    if parsing.data is not None and not untrusted and parsing.data.value.carries("untrusted"):
        return
    parser = "unsafe" if parsing.always else _parser(parsing)
    if parser == "unsafe":
        confidence = Confidence.HIGH if untrusted else Confidence.MEDIUM
        how = "resolves external entities"
    elif parser == "default" and parsing.default_unsafe:
        if not untrusted:
            return
        confidence, how = Confidence.MEDIUM, "resolves external entities before lxml 5.0, and expands internal ones"
    elif parser == "huge" and untrusted:
        yield _without_limits(parsing, untrusted)
        return
    elif parsing.expands and untrusted and parser != "safe":
        yield _expansion(parsing, untrusted)
        return
    else:
        return
    origin = f"`{shown(parsing.data)}`, which comes from {untrusted[0].what or 'a request'}" if untrusted else "the document"
    yield Alert(
        node=parsing.site.node,
        message=f"`{named(parsing.site)}` {how} in {origin}: {_RISK}.",
        fix=advice(parsing.site, _FIX_LXML if parsing.default_unsafe else _FIX_SAX, _FIX_NODE),
        confidence=confidence,
        steps=untrusted[0].marks() if untrusted else (),
        before=(_SAFE_SINCE,) if parser == "default" else (),
    )


@check(RULE)
def parser_made_unsafe(parsing: XmlParsing) -> Iterator[Alert]:
    """`etree.XMLParser(resolve_entities=True, no_network=False)`; `parser.setFeature(feature_external_ges, True)`."""
    if parsing.kind == "parser" and parsing.default_unsafe:
        if truth(parsing.resolve_entities) is True and (is_false(parsing.no_network) or truth(parsing.load_dtd) is True):
            yield Alert(
                node=parsing.site.node,
                message=f"`{named(parsing.site)}` resolves external entities, over the network too: {_RISK}.",
                fix=_FIX_LXML,
                confidence=Confidence.MEDIUM,
            )
        elif truth(parsing.resolve_entities) is True or is_false(parsing.no_network):
            yield Alert(
                node=parsing.site.node,
                message=f"`{named(parsing.site)}` is told to resolve entities: {_RISK}.",
                fix=_FIX_LXML,
                confidence=Confidence.LOW,
            )
    elif parsing.kind == "feature" and names(parsing.feature) & _FEATURES and truth(parsing.value) is True:
        yield Alert(
            node=parsing.site.node,
            message=f"`{named(parsing.site)}` switches external entities on: {_RISK}.",
            fix=_FIX_SAX,
            confidence=Confidence.LOW,
        )


def _expansion(parsing: XmlParsing, untrusted: tuple[Origin, ...]) -> Alert:
    return Alert(
        node=parsing.site.node,
        message=f"`{named(parsing.site)}` expands the entities that `{shown(parsing.data)}` defines: with an expat older than "
        "2.4.1 a few lines fill the memory.",
        fix="Parse with `defusedxml`, which refuses entity definitions.",
        confidence=Confidence.LOW,
        steps=untrusted[0].marks(),
    )


def _without_limits(parsing: XmlParsing, untrusted: tuple[Origin, ...]) -> Alert:
    return Alert(
        node=parsing.site.node,
        message=f"`{named(parsing.site)}` parses `{shown(parsing.data)}`, which comes from {untrusted[0].what or 'a request'}, "
        "with `huge_tree=True`: the limits against exploding documents are off.",
        fix="Leave `huge_tree` off, or refuse documents with a DTD: `defusedxml`.",
        confidence=Confidence.MEDIUM,
        steps=untrusted[0].marks(),
    )


def _harmless(data: Operand | None) -> bool:
    return data is not None and data.value.is_literal()


def _parser(parsing: XmlParsing) -> str:
    """default, safe, unsafe or other: what the parser that is used was told, by this function's own statements."""
    if parsing.resolve_entities is not None:
        return "unsafe" if truth(parsing.resolve_entities) is True else "safe"
    node = receiver(parsing.parser, parsing.site)
    if node is None:
        return "default"
    call = node if isinstance(node, ir.Call) else _maker(parsing.site, node)
    if call is not None and last_word(call.func) == "get_default_parser":
        return "default"
    if call is not None and meant(call.func, parsing.site.module) in (
        "XMLParser",
        "ETCompatXMLParser",
        "XMLPullParser",
        "makeparser",
    ):
        given = {arg.name: arg.value for arg in call.args if arg.name}
        entities, huge = given.get("resolve_entities"), given.get("huge_tree")
        if isinstance(huge, ir.Const) and huge.value is True and isinstance(entities, ir.Const) and entities.value is False:
            return "huge"
        if isinstance(entities, ir.Const):
            return "unsafe" if entities.value is True else "safe"
        return "default" if entities is None else "other"
    return "unsafe" if _feature_on(parsing.site, last_word(node)) else "other"


def _maker(site: Site, node: ir.Expr) -> ir.Call | None:
    name = last_word(node)
    bodies = [scope(site), site.module.body if site.module is not None else []]
    for body in bodies:
        for one in ir.walk(*body):
            if not isinstance(one, ir.Assign) or not isinstance(one.value, ir.Call) or one.at >= site.node.at:
                continue
            if any(last_word(target) == name for target in one.targets):
                return one.value
    return None


def _feature_on(site: Site, name: str) -> bool:
    """Whether `name.setFeature(feature_external_ges, True)` stands before `site` in the same function."""
    for call in ir.walk(*scope(site)):
        if not isinstance(call, ir.Call) or call.at >= site.node.at or len(call.args) < 2:
            continue
        if last_word(call.func) != "setFeature" or not isinstance(call.func, ir.Attribute) or last_word(call.func.value) != name:
            continue
        feature, state = call.args[0].value, call.args[1].value
        said = feature.value if isinstance(feature, ir.Const) else meant(feature, site.module)
        if said in _FEATURES and isinstance(state, ir.Const) and bool(state.value):
            return True
    return False
