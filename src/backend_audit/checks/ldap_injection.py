"""Data from outside in filters and names of a directory."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._context import script_file
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import advice, in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import LdapQuery
from backend_audit.flow.values import Gap, Shape

RULE = "ldap-injection"
_FIX = "Escape the value: `ldap.filter.escape_filter_chars(value)`, `ldap3.utils.conv.escape_filter_chars(value)`."
_FIX_NODE = "Build the filter of objects, which escape: `new EqualityFilter({ attribute: 'uid', value })`."
_FIX_DN = "Escape the value: `ldap.dn.escape_dn_chars(value)`, `ldap3.utils.dn.escape_rdn(value)`."
_FIX_DN_NODE = "Escape the value: `` ldapEscape.dn`uid=${value},dc=example` `` of the package ldap-escape."
# What people enter to sign in, as parameters are called that nobody is seen to fill.
_ENTERED = re.compile(r"user(?:_?name|_?id)?|login(?:_?name)?|uid|account(?:_?name)?|e?mail", re.IGNORECASE)
_ASSERTS = re.compile(r"\((?:[\w.;-]+(?::[\w.]+:)?|\x00)[~<>]?=\**$")  # `(uid=`, `(memberOf:1.2.840.113556.1.4.1941:=`
_HOLE = "\x00"


@check(RULE)
def ldap_injection(query: LdapQuery) -> Iterator[Alert]:
    """`connection.search_s(base, ldap.SCOPE_SUBTREE, f"(uid={name})")`."""
    origin = reaching(query.filter, "ldap")
    if origin is not None:
        yield alert(
            query.site,
            query.filter,
            origin,
            does="becomes part of the filter that {callee} sends: parentheses and `*` in it change what is found",
            fix=advice(query.site, _FIX, _FIX_NODE),
        )
    elif (gap := _entered(query)) is not None:
        yield Alert(
            at=query.site.node.at,
            end=query.site.callee.end,
            message=f"`{gap.written}`, by its name what somebody enters to sign in, becomes part of the filter that "
            f"`{query.site.written}` sends, and nothing escapes it: parentheses and `*` in it change what is found.",
            fix=advice(query.site, _FIX, _FIX_NODE),
            confidence=Confidence.LOW if script_file(query.site.path) else Confidence.MEDIUM,
        )
    origin = reaching(query.base, "dn")
    if origin is not None:
        yield alert(
            query.site,
            query.base,
            origin,
            does="becomes part of the name that {callee} works on: commas in it name another entry",
            fix=advice(query.site, _FIX_DN, _FIX_DN_NODE),
        )


def _entered(query: LdapQuery) -> Gap | None:
    """A name to sign in with, of whose origin nothing is known, where a filter compares: `f"(uid={username})"`."""
    if query.filter is None or not in_python(query.site):
        return None
    return next((gap for shape in query.filter.value.shapes for gap in _compared(shape) if _is_unknown(gap)), None)


def _compared(shape: Shape) -> Iterator[Gap]:
    before = ""
    for part in shape.parts:
        if isinstance(part, str):
            before += part
            continue
        if _ASSERTS.search(before):
            yield part
        before += _HOLE


def _is_unknown(gap: Gap) -> bool:
    value = gap.value
    given = value.open and not (value.origins or value.refs or value.shapes or value.kind)
    return given and value.types <= {"str"} and _ENTERED.fullmatch(gap.written) is not None
