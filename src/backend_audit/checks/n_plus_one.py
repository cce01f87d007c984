"""One query for a list, and one more for each of its objects."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.frameworks.lazy import LazyLoad
from backend_audit.frameworks.serialized import SerializedLoad
from backend_audit.routes.repeated import RepeatedQuery

RULE = "n-plus-one"

_ASK_ONCE = "Ask once for all of them before the loop (`id__in=ids`, `.where(Model.id.in_(ids))`), and look them up in a dict."
_ASK_ONCE_SCRIPT = (
    "Ask once for all of them before the loop (`{ id: { in: ids } }`, `whereIn`, `= ANY($1)`, or `include` with the rows), "
    "and look them up in a `Map`."
)


@check(RULE)
def query_in_loop(repeated: RepeatedQuery) -> Iterator[Alert]:
    """`for item in items: session.get(Product, item.product_id)`."""
    site = repeated.site
    through = "" if repeated.query == site.written else f" (by `{repeated.query}`)"
    more = f", and {repeated.others} more in this loop" if repeated.others else ""
    yield Alert(
        node=site.callee,
        message=f"`{site.written}` asks the database{through} once for each of `{repeated.over}`{more}.",
        fix=advice(site, _ASK_ONCE, _ASK_ONCE_SCRIPT),
        confidence=Confidence.MEDIUM if repeated.served else Confidence.LOW,
        steps=repeated.way,
    )


@check(RULE)
def relation_in_loop(load: LazyLoad) -> Iterator[Alert]:
    """`for book in Book.objects.all(): book.author.name`."""
    if load.query is None:
        return
    how = "filters its objects anew" if load.filtered else "asks the database"
    last = load.path.rpartition("__")[2]
    more = f" (nor {', '.join(f'`{one}`' for one in load.others)})" if load.others else ""
    if load.filtered:
        fix = f'Fetch them all with one query before the loop, or with `Prefetch("{load.path}", queryset=…, to_attr=…)`.'
    elif load.many:
        fix = f'Load `{last}` with the list: `.prefetch_related("{load.path}")`, `.options(selectinload(….{last}))`.'
    else:
        fix = f'Load `{last}` with the list: `.select_related("{load.path}")`, `.options(joinedload(….{last}))`.'
    yield Alert(
        node=load.site.node,
        message=f"`{load.site.written}` {how} once for each {load.model} of the list: its query does not load `{last}`{more}.",
        fix=fix,
        confidence=Confidence.MEDIUM if load.served else Confidence.LOW,
        steps=load.way,
        related=(load.query,),
    )


@check(RULE)
def relation_in_serializer(load: SerializedLoad) -> Iterator[Alert]:
    """`BookSerializer(Book.objects.all(), many=True)` with a nested serializer of the author."""
    read = [f"`{one}`" for one in dict.fromkeys((*load.one, *load.many, *load.filtered))]
    asked = [f"`{one}`" for one in dict.fromkeys(load.asks)]
    what = " and ".join([*(["reads " + ", ".join(read)] if read else []), *(["calls " + ", ".join(asked)] if asked else [])])
    because = ", which its query does not load" if load.one or load.many else ""
    yield Alert(
        node=load.site.node,
        message=f"`{load.serializer}` asks the database for each {load.model} of the list: it {what}{because}.",
        fix=_loading(load),
        confidence=Confidence.LOW if load.unsure else Confidence.MEDIUM,
        steps=load.way,
    )


def _loading(load: SerializedLoad) -> str:
    """How the query would load what the serializer reads."""
    calls = []
    if load.one:
        calls.append(f".select_related({', '.join(map(_quoted, load.one))})")
    if load.many:
        calls.append(f".prefetch_related({', '.join(map(_quoted, load.many))})")
    if calls:
        return f"Load them with the list: `{''.join(calls)}`."
    return "Ask once for the whole list: annotate the query (`Exists`, `Count`, `Subquery`), or hand a dict over in `context`."


def _quoted(path: str) -> str:
    return f'"{path}"'
