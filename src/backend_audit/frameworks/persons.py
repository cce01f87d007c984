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
_OF_SERVER = re.compile(
    r"^(?:\w+_)?(?:host(?:_?name)?|port|server|smtp|imap|dsn|base_?url|server_?url|api_?url|endpoint)$", re.IGNORECASE
)
_LOGIN = re.compile(
    r"^(?:e?_?mail(?:_?address)?|user_?name|login|phone(?:_?number)?|nick_?name|first_?name|last_?name)$", re.IGNORECASE
)


def is_person(name: str, columns: Iterable[str] = ()) -> bool:
    """Whether `name` is called like somebody who signs in: `UserAccount`, `currentUser`, and no account at a mail server.

    `columns`: what it has; what goes by a login name and has a password is one, whatever it is called, unless it says at which
    server.
    """
    words = sensitive.words(name)
    held = list(columns)
    if not _OF_THINGS.isdisjoint(words) or any(_OF_SERVER.match(one) for one in held):
        return False
    if not _PEOPLE.isdisjoint(one.removesuffix("s") for one in words[-2:]):
        return True
    known = any(sensitive.is_password_hash(one) or sensitive.classify(one) == "password" for one in held)
    return known and any(_LOGIN.match(one) for one in held)
