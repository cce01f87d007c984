"""What is asked of a backend, and what comes of it."""

from enum import StrEnum

import msgspec

from backend_audit.finding import Place
from backend_audit.inventory.signs import Sign


class State(StrEnum):
    """What a criterion comes to."""

    MET = "met"
    PARTIAL = "partial"
    MISSING = "missing"
    NOT_APPLICABLE = "not-applicable"
    NOT_ASSESSED = "not-assessed"


class Want(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """One thing that must be there too: a sign of any of `kinds`, else it `lacks` that, in words.

    It is asked only `when` there is a sign of any of those kinds (none named: always). `near`: only signs in a file that shows
    the criterion itself count. `next` says how to mend it.
    """

    kinds: tuple[str, ...]
    lacks: str
    when: tuple[str, ...] = ()
    near: bool = False
    next: str = ""


class Spoil(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """Signs of `kinds` that leave a criterion partial, and `why`; `alone`: only where there is nothing better."""

    kinds: tuple[str, ...]
    why: str
    alone: bool = False
    next: str = ""


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """A share of the routes: `of` names the facet (`coverage.FACETS`), `words` what covered ones are.

    `enough`: the share with which it counts as all. `everywhere`: kinds of signs that cover every route. `decides`: without one
    route covered nothing is there; else it only makes partial what other signs show.
    """

    of: str
    words: str
    enough: float = 1.0
    everywhere: tuple[str, ...] = ()
    decides: bool = True


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """One row. `title` and `text` are the seed's words.

    `applies`: kinds of signs of which one must be there (`otherwise` says why it does not apply). `evidence`: kinds that show it,
    `wants`, `spoils`, `share` and `findings` (rules, or clauses of the seed) what leaves it partial. `clean`: it is met unless
    something says otherwise. `not_assessed`: why code cannot show it, where there is no evidence. `note` is told with every
    state. `like`: judged as another criterion, whose id this is.
    """

    id: str
    title: str
    text: str = ""
    applies: tuple[str, ...] = ()
    otherwise: str = ""
    evidence: tuple[str, ...] = ()
    wants: tuple[Want, ...] = ()
    spoils: tuple[Spoil, ...] = ()
    share: Share | None = None
    findings: tuple[str, ...] = ()
    clean: bool = False
    not_assessed: str = ""
    note: str = ""
    next: str = ""
    like: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """The criteria of one heading. `mode` is the least demanding mode that asks for them."""

    title: str
    mode: str
    criteria: tuple[Criterion, ...]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What one criterion comes to. `covered` of `total` routes, where it is counted by route (`total` 0: it is not).

    `place` is where a mender would begin, `like` the criterion that it was judged as, if any.
    """

    id: str
    title: str
    text: str
    section: str
    state: State
    reason: str
    evidence: tuple[Sign, ...] = ()
    covered: int = 0
    total: int = 0
    next: str = ""
    place: Place | None = None
    like: str = ""
