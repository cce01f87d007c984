"""Synchronous calls on the way to an answer: the process has one thread, and all other requests wait with it."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.finding import MANY, Confidence
from backend_audit.routes.script_work import HandlerBlocked

RULE = "synchronous-call-in-handler"

_DOES = {
    "hash": "computes a hash that is made to be slow",
    "keys": "makes a key, which can take seconds",
    "process": "waits for another process",
    "compression": "compresses or unpacks data",
    "network": "waits for the network",
    "content": "reads or writes files whole",
    "files": "goes through folders",
    "file": "waits for the file system",
}
_INSTEAD = {
    "process": "Start it without waiting: `await promisify(execFile)(…)`, or `spawn` with its events.",
    "compression": "Use the asynchronous form (`await promisify(zlib.gzip)(…)`), which works in another thread, or a stream.",
    "network": "Use `await fetch(…)`.",
    "content": "Use `await fs.promises.readFile(…)` and its kin, or a stream for what may be big; read what never changes once, "
    "at the start.",
    "files": "Use the asynchronous form (`await fs.promises.cp(…)`, `await glob(…)`).",
    "file": "Use the asynchronous form of `fs.promises`.",
}


@check(RULE)
def synchronous_call_in_handler(blocked: HandlerBlocked) -> Iterator[Alert]:
    """`bcrypt.hashSync(password, 12)` in a handler, or in a function that one calls."""
    site = blocked.site
    also = f" ({blocked.others} more in this function)" if blocked.others else ""
    practice = f" {len(blocked.practice)} more functions of the project do the same." if blocked.practice else ""
    yield Alert(
        node=site.callee,
        message=f"`{named(site)}` {_DOES[blocked.kind]}{also} while `{blocked.root}` is answered: nothing else of this process "
        f"runs until it is done.{practice}",
        fix=_INSTEAD.get(
            blocked.kind, f"Use the asynchronous form, which works in another thread: `await {_asynchronous(named(site))}(…)`."
        ),
        confidence=_confidence(blocked),
        steps=blocked.way,
        related=blocked.practice[:5],
        anchor=f"{blocked.kind} {MANY}" if blocked.practice else None,
    )


def _asynchronous(name: str) -> str:
    return name.removesuffix("Sync")


def _confidence(blocked: HandlerBlocked) -> Confidence:
    """What the file system answers from memory takes no time worth a change; of files, those in the handler itself count."""
    far = blocked.kind == "content" and len(blocked.way) > 1
    return Confidence.LOW if far or blocked.kind == "file" else Confidence.MEDIUM
