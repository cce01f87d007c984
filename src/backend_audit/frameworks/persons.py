"""Which classes, entities and variables stand for people who sign in, by what they are called and which columns they have."""

import re
from collections.abc import Iterable

from backend_audit.flow import sensitive

_PEOPLE = frozenset(
    "user member customer account employee staff person people patient student teacher author owner admin profile subscriber "
    "contact guest driver player seller buyer vendor participant candidate doctor tenant client recipient volunteer visitor "
    "instructor me identity".split()
)
_OF_THINGS = frozenset(
    "mail smtp imap email bank storage service cloud aws social oauth bot server device camera router integration provider "
    "connector external remote ftp sftp git github gitlab wallet node".split()
)
_LOGIN = re.compile(
    r"^(?:e?_?mail(?:_?address)?|user_?name|login|phone(?:_?number)?|nick_?name|first_?name|last_?name)$", re.IGNORECASE
)


def is_person(name: str, columns: Iterable[str] = ()) -> bool:
    """Whether `name` is called like somebody who signs in: `UserAccount`, `currentUser`, and no account at a mail server.

    `columns`: what it has; where it goes by a login name and has a password it is one, whatever it is called.
    """
    words = sensitive.words(name)
    if not _OF_THINGS.isdisjoint(words):
        return False
    if not _PEOPLE.isdisjoint(one.removesuffix("s") for one in words[-2:]):
        return True
    held = list(columns)
    hashed = any(sensitive.is_password_hash(one) for one in held)
    return hashed and any(_LOGIN.match(one) for one in held)
