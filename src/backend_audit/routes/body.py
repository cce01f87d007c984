"""What handlers take from the body of a request."""

from dataclasses import dataclass

from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class Use:
    """A value of a raw body that is used although nothing has looked at it. `how`: stored, computed or used."""

    key: str
    how: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Body:
    """What a handler takes from the request's body: `validated` by a schema, `schema` its name; `uses` of what came raw."""

    validated: bool | None = None  # None: it takes none, as far as is known
    schema: str = ""
    read: str = ""  # how a raw one is read: `await request.json()`, or `data: dict` for a parameter without fields
    uses: tuple[Use, ...] = ()
    looked: bool = False  # the handler looks at other values of a raw one itself, or what they are stored in does
