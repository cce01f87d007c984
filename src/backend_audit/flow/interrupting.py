"""Giving up a judgement that nobody waits for any more."""


class Interrupted(BaseException):
    """The project is no longer what is being judged."""
