"""What a statement in SQL asks for, as far as its text tells: which columns, of which table, how many rows at most. Pure."""

import re
from dataclasses import dataclass

HOLE = "\x00"  # stands for a hole in a statement's text; occurs in no SQL

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_QUOTED = re.compile(r"\"[^\"]*\"|`[^`]*`|\[\w+\]")
_WORD = re.compile(r"[A-Za-z_]+|[(),;*\x00]")
_STAR = re.compile(r"(?:([\w\"`\[\]]+)\s*\.\s*)?\*$")
_FROM = re.compile(
    r"^\s*(?:ONLY\s+)?([\w.\"`\[\]]+)(?:\s+(?:AS\s+)?(?!(?:WHERE|ORDER|GROUP|LIMIT|JOIN|LEFT|INNER|ON)\b)(\w+))?",
    re.IGNORECASE,
)
_LIMITED = re.compile(r"\bLIMIT\b|\bFETCH\s+(FIRST|NEXT)\b|\bTOP\b|\bROWNUM\b|\bOFFSET\b", re.IGNORECASE)
_COMPUTED = re.compile(r"^\s*(COUNT|SUM|AVG|MIN|MAX|EXISTS|COALESCE)\s*\(", re.IGNORECASE)
_COMPARED = re.compile(r"(?<![\w.\"`])([\w.\"`]{1,200})\s{0,20}(?:=|<>|!=|<=?|>=?|\bI?LIKE\b|\bIN\b|\bBETWEEN\b)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\?|\$\d|%s|%\(\w+\)s|(?<![:\w]):\w+|@\w+|\x00")
_RECENT = re.compile(  # what is of today, or of the last days
    r"(?:[^<]=|>|\bBETWEEN)\s{0,20}\(?(?:CUR_?DATE|CURRENT_(?:DATE|TIMESTAMP)|NOW|GETDATE|SYSDATE|DATE(?:TIME|_SUB)?\s?\()",
    re.IGNORECASE,
)
_NOTHING = ("None", "null", "undefined")  # a name that the program did not find
_VALUE_FOLLOWS = re.compile(r"(=|<|>|\bLIKE|\bIN|\bBETWEEN|\bAND|,|')\s*$", re.IGNORECASE)
_CLAUSES = frozenset("WHERE GROUP HAVING ORDER LIMIT UNION INTERSECT EXCEPT WINDOW FETCH OFFSET FOR".split())


@dataclass(frozen=True, slots=True)
class Select:
    """The rows that a statement gives. `stars`: what stands before each `.*` among the columns ("" for a bare `*`).

    `table` is the first that is read from ("" where that is no table), `others` whether there are more; `compared` the columns of
    conditions; `open`: the text between the clauses is not known, so anything might limit the rows.
    """

    stars: tuple[str, ...] = ()
    table: str = ""
    alias: str = ""
    others: bool = False
    limited: bool = False
    computed: bool = False  # counts and sums: one row of them, or one for each kind
    filtered: bool = False  # by something that differs from call to call, or to what differs
    compared: tuple[str, ...] = ()
    open: bool = False


def select_of(text: str) -> Select | None:
    """What the outermost `SELECT` of a statement gives; None for any other statement."""
    bare = _LITERAL.sub("''", _COMMENT.sub(" ", text)).strip().rstrip(";")
    outer = _outermost(bare)
    named = frozenset(one.lower() for one in re.findall(r"(?:\bWITH|,)\s+(?:RECURSIVE\s+)?(\w+)\s+AS\s*\(", bare, re.IGNORECASE))
    masked = _QUOTED.sub(lambda one: "x" * len(one[0]), outer)  # a table may be called "order"
    places = [(found[0].upper(), found.start(), found.end()) for found in _WORD.finditer(masked)]
    start = next((end for word, _, end in places if word == "SELECT"), -1)
    if start < 0 or not re.match(r"(SELECT|WITH)\b", outer, re.IGNORECASE):
        return None
    source = next(((at, end) for word, at, end in places if word == "FROM" and at > start), (len(outer), len(outer)))
    clauses = [at for word, at, _ in places if word in _CLAUSES and at > source[1]]
    columns = outer[start : source[0]]
    read, rest = outer[source[1] : min(clauses, default=len(outer))], outer[min(clauses, default=len(outer)) :]
    found = _FROM.match(read)
    table = plain(found[1]) if found is not None else ""
    conditions = rest[: next((at for word in ("GROUP BY", "ORDER BY") if (at := rest.upper().find(word)) >= 0), len(rest))]
    listed = [one.strip() for one in columns.split(",")]
    return Select(
        stars=tuple(plain(star[1] or "") for one in listed if (star := _STAR.match(_undecorated(one))) is not None),
        table="" if table.lower() in named else table,
        alias=(found[2] or "") if found is not None else "",
        others="," in read or re.search(r"\bJOIN\b", read, re.IGNORECASE) is not None,
        limited=_LIMITED.search(masked) is not None,
        computed=_is_computed(listed, grouped=re.search(r"\bGROUP\b", rest, re.IGNORECASE) is not None),
        filtered=any(one.search(_narrowing(bare)) for one in (_PLACEHOLDER, _RECENT))
        or columns.lstrip()[:8].upper() == "DISTINCT",
        compared=tuple(dict.fromkeys(plain(one[1]) for one in _COMPARED.finditer(conditions))),
        open=_is_open(rest) or HOLE in read or table in _NOTHING,
    )


def _narrowing(text: str) -> str:
    """What stands after the first `WHERE`, whatever statement within the statement that is of."""
    return text[at:] if (at := text.upper().find("WHERE")) >= 0 else ""


def _is_computed(columns: list[str], *, grouped: bool) -> bool:
    """Whether what is asked for are counts and sums, of all or of groups."""
    found = [_COMPUTED.match(one) is not None for one in columns]
    return any(found) if grouped else all(found)


def _undecorated(column: str) -> str:
    return re.sub(r"^(DISTINCT|ALL)\s+", "", column, flags=re.IGNORECASE)


def plain(name: str) -> str:
    """A name without its quotes and its schema."""
    return re.sub(r"[\"`\[\]]", "", name).rpartition(".")[2]


def _outermost(text: str) -> str:
    """The text with what stands in brackets emptied, those of functions too."""
    found: list[str] = []
    depth = 0
    for piece in re.split(r"([()])", text):
        depth -= piece == ")" and depth > 0
        if depth == 0:
            found.append(piece)
        depth += piece == "("
    return "".join(found)


def _is_open(rest: str) -> bool:
    """Whether a hole stands where a whole clause might: not as a value that something is compared with."""
    return any(not _VALUE_FOLLOWS.search(rest[max(0, one.start() - 20) : one.start()]) for one in re.finditer(HOLE, rest))
