"""Secrets of people and of rows that leave in the body of a request to others, in an event, in a message of a queue."""

from dataclasses import dataclass

from backend_audit.flow.concepts import Concept
from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class Target:
    """Where something goes.

    `how`: subscriber (an address that a row or caller says), service (one of the configuration), unknown (address), bus, clients
    (whoever is connected), queue (of the program's own workers); "" for nowhere. `words`: the address, the function, the topic.
    """

    how: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class SecretSentAway(Concept):
    """`names`: the secret fields, of `kinds`; `whole`: they leave with the object that has them (`via`, as written).

    `of`: what has them: row (of a database), model (a class of data), name (a variable of which nothing else is known), key (they
    are put under that name). `whose`: how that is called; `person`: it stands for somebody who signs in. `place` hands them over.
    """

    target: Target
    place: Mark
    way: tuple[Mark, ...] = ()
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    whole: bool = False
    of: str = "row"
    whose: str = ""
    person: bool = False
    via: str = ""
