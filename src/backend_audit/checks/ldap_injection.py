"""Data from outside in filters and names of a directory."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import advice
from backend_audit.flow.concepts import LdapQuery

RULE = "ldap-injection"
_FIX = "Escape the value: `ldap.filter.escape_filter_chars(value)`, `ldap3.utils.conv.escape_filter_chars(value)`."
_FIX_NODE = "Build the filter of objects, which escape: `new EqualityFilter({ attribute: 'uid', value })`."
_FIX_DN = "Escape the value: `ldap.dn.escape_dn_chars(value)`, `ldap3.utils.dn.escape_rdn(value)`."
_FIX_DN_NODE = "Escape the value: `` ldapEscape.dn`uid=${value},dc=example` `` of the package ldap-escape."


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
    origin = reaching(query.base, "dn")
    if origin is not None:
        yield alert(
            query.site,
            query.base,
            origin,
            does="becomes part of the name that {callee} works on: commas in it name another entry",
            fix=advice(query.site, _FIX_DN, _FIX_DN_NODE),
        )
