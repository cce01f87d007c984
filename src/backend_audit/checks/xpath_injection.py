"""Data from outside in XPath expressions and stylesheets."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import StylesheetUse, XpathQuery

RULE = "xpath-injection"
_FIX = "Write a variable in the expression and pass the value beside it: `tree.xpath('//user[name=$name]', name=name)`."
_FIX_NODE = (
    "Write a variable in the expression and pass the value beside it: "
    "`xpath.parse('//user[name=$name]').select({ node, variables: { name } })`."
)


@check(RULE)
def xpath_injection(query: XpathQuery) -> Iterator[Alert]:
    """`tree.xpath(f"//user[name='{name}']")`."""
    origin = reaching(query.expression, "xpath")
    if origin is None:
        return
    yield alert(
        query.site,
        query.expression,
        origin,
        does="becomes part of the XPath expression that {callee} runs: a quote in it changes what is selected",
        fix=advice(query.site, _FIX, _FIX_NODE),
        confidence=Confidence.MEDIUM if query.site.api.startswith("?.") else Confidence.HIGH,
    )


@check(RULE)
def stylesheet_injection(use: StylesheetUse) -> Iterator[Alert]:
    """`etree.XSLT(etree.XML(request.data))`."""
    origin = reaching(use.stylesheet, "xpath")
    if origin is not None:
        yield alert(
            use.site,
            use.stylesheet,
            origin,
            does="is the stylesheet that {callee} compiles: it can read files, and call addresses",
            fix="Keep stylesheets in the program; where they must come from outside, forbid access with "
            "`etree.XSLTAccessControl.DENY_ALL`.",
        )
