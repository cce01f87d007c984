"""What a file holds to show it to people: examples in descriptions of interfaces, catalogues of words in many languages."""

import re

_MARKS = re.compile(r"[ \t]*(?:(?://+|/?\*+|\#+)[ \t]*)?")
_KEY = re.compile(r"""(?:-[ \t]+)?["']?(?P<name>[\w$-]+)["']?[ \t]*[:=(]""")
_EXAMPLES = frozenset({"example", "examples", "x-example", "x-examples"})
_MAX_LINES = 400  # between a value and the outermost key above it
_LANGUAGES = frozenset(
    "aa ab af ak am ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et "
    "eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj "
    "kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr "
    "nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg "
    "th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
_TAGGED = re.compile(r"(?:[\w.-]+[._-])?(?P<language>[a-z]{2})(?:[-_](?:[a-z]{4}|[a-z]{2}|\d{3}))?\.(?:json|ya?ml|properties)")
_MANY = 20  # entries: a short file may be called `my.json` for other reasons


def is_catalogue(path: str, text: str) -> bool:
    """Whether the file is called by a language, and holds as many texts as a catalogue: `strings/nl.json`, `app_pt-BR.yml`."""
    named = _TAGGED.fullmatch(path.rpartition("/")[2].lower())
    return named is not None and named["language"] in _LANGUAGES and text.count("\n") >= _MANY


def in_example(text: str, at: int) -> bool:
    """Whether one of the keys that a value stands under says that it is an example, by the indentation of the lines above."""
    start, deep, lines = text.rfind("\n", 0, at) + 1, -1, 0
    while lines < _MAX_LINES:
        stop = text.find("\n", start)
        line = text[start : len(text) if stop < 0 else stop]
        margin = _MARKS.match(line)
        body = line[margin.end() :] if margin is not None else line
        indent = len(line) - len(body)
        if body.strip() and (deep < 0 or indent < deep):
            deep = indent
            key = _KEY.match(body)
            if key is not None and key["name"].lower() in _EXAMPLES:
                return True
        if start == 0 or deep == 0:
            return False
        start, lines = text.rfind("\n", 0, start - 1) + 1, lines + 1
    return False
