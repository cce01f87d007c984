"""Ways through a function of JavaScript that say nothing of what a program works with, and those that never come back."""

from backend_audit import ir
from backend_audit.flow.written import last_word

_DEBUGGING = frozenset(("debug", "isDebug", "debugMode"))

# https://koajs.com/#ctx-throw-status-msg-properties-, https://nextjs.org/docs/app/api-reference/functions/redirect
THROWS = frozenset(
    (
        "koa.Context.throw",
        "assert.fail",
        "next.navigation.redirect",
        "next.navigation.permanentRedirect",
        "next.navigation.notFound",
    )
)
ASSERTS = frozenset(("assert", "assert.ok", "assert.strict", "koa.Context.assert", "http-assert", "invariant", "tiny-invariant"))


def for_people(node: ir.If, function: ir.Function) -> bool:
    """`if (this.debug) return shown;`, where the function returns something else without: what is given is for people to read."""
    name = last_word(node.test)
    if name not in _DEBUGGING or node.orelse:
        return False
    return any(isinstance(one, ir.Return) and not node.at <= one.at < node.end for one in ir.walk_scope(*function.body))
