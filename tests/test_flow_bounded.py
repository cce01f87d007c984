"""What a summary keeps of large values, and what sharing changes nothing of."""

from hypothesis import given
from hypothesis import strategies as st

from backend_audit.flow.bounded import MAX_NODES, bounded
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import UNKNOWN, Value, container, text, transform


def data(name: str, label: str = "untrusted") -> Value:
    return Value(open=True, origins=frozenset((Origin(label, (name,), name),)))


LEAVES = st.one_of(st.just(UNKNOWN), st.just(text("a")), st.sampled_from("abc").map(data), st.just(data("p", "secret")))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from("uvwxyz"), inner, max_size=6).map(lambda items: container("dict", items)),
        inner.map(lambda one: container("list", None, one)),
    ),
    max_leaves=40,
)


def nested(width: int, depth: int) -> Value:
    if depth == 0:
        return data("q")
    return container("dict", {f"k{at}": nested(width, depth - 1) for at in range(width)})


def size(value: Value) -> int:
    return 1 + sum(size(one) for one in value.inside())


def test_a_large_value_keeps_its_outer_levels_and_what_comes_from_outside() -> None:
    large = nested(8, 4)
    kept = bounded(large)
    assert size(large) > MAX_NODES >= size(kept)
    inner = kept.item("k1")
    assert inner is not None
    assert inner.item("k2") is not None
    assert {one.what for one in kept.all_origins()} == {"q"}


def test_a_table_of_routes_keeps_its_rows() -> None:
    row = container("dict", {"open": data("q"), "handler": data("q")})
    table = container("dict", {f"get /things/{at}": row for at in range(MAX_NODES // 2)})
    assert size(table) > MAX_NODES
    assert bounded(table) is table


def test_what_lies_too_deep_is_no_secret_of_the_whole() -> None:
    large = container("dict", {f"k{at}": container("dict", {"s": data("password", "secret")}) for at in range(MAX_NODES // 2)})
    flat = bounded(container("dict", {"all": container("list", None, large), **dict.fromkeys("ab", nested(8, 3))}))
    assert size(flat) <= MAX_NODES
    assert not flat.carries("secret")


@given(VALUES)
def test_small_values_stay_themselves(value: Value) -> None:
    assert size(value) > MAX_NODES or bounded(value) is value


@given(VALUES)
def test_a_change_that_changes_nothing_gives_the_value_itself(value: Value) -> None:
    assert transform(value, lambda one: (one,)) is value


@given(VALUES)
def test_a_change_reaches_every_origin(value: Value) -> None:
    cleared = transform(value, lambda one: (one.clear(frozenset(("html",))),))
    assert {one.key for one in cleared.all_origins()} == {one.key for one in value.all_origins()}
    assert all("html" in one.cleared for one in cleared.all_origins())
