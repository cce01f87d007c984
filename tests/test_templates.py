"""Templates: what their outputs are, where they stand, which names they take; lenient with everything else."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_audit import ir
from backend_audit.discover.language import language_by_head, placed_language
from backend_audit.link.project import Project
from backend_audit.lower.templates import is_template, lower
from backend_audit.source import Language
from backend_audit.suppress import from_module


def nodes(module: ir.Module) -> Iterator[ir.Node]:
    stack: list[ir.Node] = list(module.body)
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(ir.children(node)))


def outputs(text: str, path: str = "templates/page.html") -> list[tuple[str, str, str]]:
    """Text, escaping and place of every output in source order."""
    found = [node for node in nodes(lower(path, text)) if isinstance(node, ir.Output)]
    return [(text[one.at : one.end], one.escape, one.context) for one in sorted(found, key=lambda one: one.at)]


def params(text: str) -> list[str]:
    function = lower("page.html", text).body[0]
    assert isinstance(function, ir.Function)
    return [param.name for param in function.params]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("<p>{{ x }}</p>", "text"),
        ("<p title='{{ x }}'>", "quoted"),
        ('<p title="a {{ y }} > {{ x }}">', "quoted"),
        ("<p title={{ x }}>", "unquoted"),
        ("<p title = {{ x }} id=a>", "unquoted"),
        ("<p data-a=b{{ x }}>", "unquoted"),
        ("<p {{ x }}>", "tag"),
        ('<a class="b" href="{{ x }}">', "url"),
        ('<a href="/{{ x }}">', "quoted"),
        ('<a href="{{ y }}{{ x }}">', "quoted"),
        ('<img src="{{ x }}">', "quoted"),
        ('<script src="{{ x }}"></script>', "url"),
        ("<button onclick=\"f('{{ x }}')\">", "handler"),
        ('<p style="color: {{ x }}">', "style"),
        ("<style>p { color: {{ x }} }</style>", "style"),
        ("<script>let a = {{ x }};</script>", "script"),
        ("<script>let a = \"it's\" + '{{ x }}';</script>", "string"),
        ("<script>let a = 'it\\'s {{ x }}';</script>", "string"),
        ("<script>let a = `${b('c')} {{ x }}`;</script>", "script"),
        ("<script>let a = `${b('{{ x }}')}`;</script>", "string"),
        ("<script>// it's\nlet a = {{ x }};</script>", "script"),
        ("<script>/* it's {{ x }} */</script>", "comment"),
        ("<script>let a = '<p>';</script>{{ x }}", "text"),
        ('<script type="text/template"><p>{{ x }}</p></script>', "text"),
        ("<!-- <script> {{ x }} -->", "comment"),
        ("a < b {{ x }}", "text"),
        ("</p {{ x }}>", "tag"),
    ],
)
def test_place_of_an_output(text: str, context: str) -> None:
    assert [one[2] for one in outputs(text) if one[0] == "x"] == [context]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ a }}", [("a", "default")]),
        ("{{- a|safe -}}", [("a|safe", "off")]),
        ("{{a|safe|truncate(20)}}", [("a|safe|truncate(20)", "off")]),
        ("{{ a|default:'it|safe' }}", [("a|default:'it|safe'", "default")]),
        ("{{ a|safe if b else c }}", [("a|safe", "off"), ("c", "default")]),
        ("{{ '}}' ~ a }}", [("'}}' ~ a", "default")]),
        ("{% autoescape off %}{{ a }}{% autoescape on %}{{ b }}{% endautoescape %}{{ c }}{% endautoescape %}{{ d }}",
         [("a", "off"), ("b", "on"), ("c", "off"), ("d", "default")]),
        ("{% autoescape false %}{% if x %}{{ a }}{% endautoescape %}{{ b }}", [("a", "off"), ("b", "default")]),
        ("{% raw %}{{ a|safe }}{% endraw %}{% verbatim %}{{ b }}{% endverbatim %}{# {{ c }} #}{{ d }}", [("d", "default")]),
        ("{% comment %}{{ a|safe }}{% endcomment %}{{ b }}", [("b", "default")]),
        ("{{ 'constant'|safe }}", [("'constant'|safe", "off")]),
        ("{{ a", []),
        ("{{ }}{{ a }}", [("a", "default")]),
        ("{{ a b c }}", [("a b c", "default")]),
    ],
)  # fmt: skip
def test_escaping_of_an_output(text: str, expected: list[tuple[str, str]]) -> None:
    assert [one[:2] for one in outputs(text)] == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ b.c }} {{ a[d] }} {{ b }}", ["b", "a", "d"]),
        ("{% for x, y in items %}{{ x }}{{ z }}{% else %}{{ x }}{% endfor %}", ["items", "z", "x"]),
        ("{% set a = b %}{{ a }}", ["b"]),
        ("{% with a=b c=d %}{{ a }}{{ c }}{% endwith %}", ["b", "d"]),
        ("{% with b.c as a %}{{ a }}{% endwith %}", ["b"]),
        ("{% macro m(a, b=c) %}{{ a }}{{ b }}{{ d }}{% endmacro %}{{ m(e) }}", ["c", "d", "e"]),
        ("{% get_rows kind as rows %}{{ rows }}", []),
        ("{% if a and not b|length > 2 or c is defined %}{% elif d %}{% endif %}", ["a", "b", "c", "d"]),
        ("{% include name with a=b %}", ["name", "b"]),
        ("{% import 'm.html' as m %}{{ m.f(a) }}", ["a"]),
        ("{% from 'm.html' import f as g, h %}{{ g(a) }}{{ h() }}", ["a"]),
        ("{{ loop.index }}{{ _('text') }}{{ super() }}", []),
        ("{{ {'a': b, 'c': [d, 1]}|tojson }}{{ e.0.name }}", ["b", "d", "e"]),
    ],
)
def test_names_that_a_template_takes(text: str, names: list[str]) -> None:
    assert params(text) == names


def test_branches_nest() -> None:
    text = "{% if a %}{{ b }}{% elif c %}{{ d }}{% elif e %}{{ f }}{% else %}{{ g }}{% endif %}{{ h }}"
    function = lower("page.html", text).body[0]
    assert isinstance(function, ir.Function)
    first, last = function.body
    assert isinstance(first, ir.If)
    assert isinstance(last, ir.Output)
    depth, node = 0, first
    while node.orelse and isinstance(node.orelse[0], ir.If):
        depth, node = depth + 1, node.orelse[0]
    assert depth == 2
    assert [text[one.at : one.end] for one in node.orelse] == ["g"]


def test_a_parent_runs_last() -> None:
    """What a page sets is known where its parent writes it."""
    function = lower("page.html", "{% extends 'base.html' %}{% set title = a %}").body[0]
    assert isinstance(function, ir.Function)
    assert [type(one) for one in function.body] == [ir.Assign, ir.Include]


def test_names_are_handed_down_through_includes() -> None:
    pages = {
        "a/templates/page.html": "{% extends 'base.html' %}",
        "a/templates/base.html": "{% include 'x/part.html' with given=1 %}{% include 'x/other.html' only %}",
        "a/templates/x/part.html": "{{ deep }}{{ given }}{% include './base.html' %}",
        "a/templates/x/other.html": "{{ other }}",
        "b/templates/x/part.html": "{{ far }}",
    }
    project = Project([lower(path, text) for path, text in pages.items()])
    names = {path: {param.name for param in module.every[0].node.params} for path, module in project.modules.items()}
    assert names["a/templates/page.html"] == {"deep"}
    assert [one.module.path for one in project.templates.find("x/part.html", "b/views.py")] == ["b/templates/x/part.html"]


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("app/templates/x.html", Language.TEMPLATE),
        ("app/email_templates/x.HTM", Language.TEMPLATE),
        ("x.html.j2", Language.TEMPLATE),
        ("x.jinja", Language.TEMPLATE),
        ("static/x.html", Language.OTHER),
        ("nginx/index.html.j2", Language.TEMPLATE),
        ("roles/templates/nginx.conf.j2", Language.CONFIG),
        ("deploy/nginx/locations", Language.CONFIG),
        ("deploy/nginx/logo.png", Language.OTHER),
        ("nginx.py.txt", Language.OTHER),
        ("templates/x.txt", Language.OTHER),
        ("templates/.html", Language.OTHER),
    ],
)
def test_which_files_are_templates(path: str, language: Language) -> None:
    assert placed_language(path) is language


@pytest.mark.parametrize(
    ("head", "language"),
    [
        (b'{% extends "base.html" %}', Language.TEMPLATE),
        (b"<ul>{%- for one in orders %}", Language.TEMPLATE),
        (b'<%inherit file="base.html"/>', Language.TEMPLATE),
        (b"<%! import os %>", Language.TEMPLATE),
        (b"<p>{{ order.name }}</p>", Language.OTHER),  # of a browser's framework, as far as anybody can tell
        (b"<script>`${name}`</script>", Language.OTHER),
        (b"<p><%= name %></p>", Language.OTHER),
    ],
)
def test_pages_outside_of_template_folders_say_it_by_their_statements(head: bytes, language: Language) -> None:
    assert language_by_head("x.html", head) is language


def test_ignore_comments() -> None:
    text = "{# backend-audit: ignore[a-rule] it is meant #}\n{{ x|safe }}\n<p>{{ y }} {#- backend-audit: ignore[b-rule] so #}\n"
    found = from_module(lower("x.html", text), text).directives
    assert [(one.rules, one.reason, one.spans[0].first) for one in found] == [
        (("a-rule",), "it is meant", 2),
        (("b-rule",), "so", 3),
    ]


def test_what_is_only_literal_is_no_template() -> None:
    assert not is_template("a.html", "<p>{ a }</p>")
    assert is_template("a.html", "<p>{{ a }}</p>")


@given(st.text(alphabet="{}%#|.\"'`()[]<>=/ \nabif0-~$", max_size=120))
def test_anything_is_read(text: str) -> None:
    """No input raises, and every node lies in the text."""
    for node in nodes(lower("x.html", text)):
        assert 0 <= node.at <= node.end <= len(text)


def test_deep_nesting_is_read() -> None:
    lower("x.html", "{{ " + "(" * 3000 + "a" + ")" * 3000 + " }}")
    lower("x.html", "{% if a %}" * 200 + "{{ b }}")


PUG = """\
mixin card(text, kind='a')
  .card(class=kind)!= text
block content
  a.b#c(href=u, title='x' + y,
    data-z!=z) Hello #{one} !{two} #[b= three] \\#{four}
  +card(five, "wide")
  each item, at in items
    li: a(onclick="f('" + item + "')")= item
  if six
    p!= a ? seven : "none"
  - const own = eight
  p= own
  script.
    let a = "#{nine}", b = !{ten};
  //- #{hidden}
"""


def test_outputs_of_pug() -> None:
    assert [(text.strip(), escape, context) for text, escape, context in outputs(PUG, "views/a.pug")] == [
        ("kind", "on", "quoted"),
        ("text", "off", "text"),
        ("u", "on", "url"),
        ("'x' + y", "on", "quoted"),
        ("z", "off", "quoted"),
        ("one", "on", "text"),
        ("two", "off", "text"),
        ("three", "on", "text"),
        ('"f(\'" + item + "\')"', "on", "handler"),
        ("item", "on", "text"),
        ("seven", "off", "text"),
        ("own", "on", "text"),
        ("nine", "on", "string"),
        ("ten", "off", "script"),
    ]


def test_names_that_pug_takes_from_outside() -> None:
    function = lower("views/a.pug", PUG).body[0]
    assert isinstance(function, ir.Function)
    assert [param.name for param in function.params] == "u y z one two three five items six seven eight nine ten".split()


@given(st.text(alphabet="{}#!|.\"'`()[]<>=/:+-& \n\nabif0~$", max_size=120))
def test_anything_is_read_as_pug(text: str) -> None:
    for node in nodes(lower("x.pug", text)):
        assert 0 <= node.at <= node.end <= len(text) + 1
