from decouple import config
from fastapi import Header, HTTPException


def checked(verifier, token):
    try:
        if not verifier.enabled:
            return {}
        if token is None:
            raise HTTPException(401)
        return verifier.verify(token)
    except HTTPException:
        print("turned away")
        raise


class Bearer:
    def __init__(self, verifier):
        self.verifier = verifier

    def __call__(self, authorization: str | None = Header(None)):
        return checked(self.verifier, authorization)


class Settings:
    def __init__(self):
        self.ready = False

    def flag(self, name, default=False):
        try:
            found = config(name)
        except KeyError:
            found = default
        return found
