"""Lowering of JavaScript and TypeScript: every syntax, exact positions, and no input that raises."""

import sys
from collections.abc import Iterator

import msgspec
import pytest
import tree_sitter
import tree_sitter_javascript
import tree_sitter_typescript
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend_audit import ir
from backend_audit.analysis.file import ENCODER, FACTS, MODULE, FileJob, analyse
from backend_audit.finding import ProblemKind
from backend_audit.lower import javascript, javascript_expressions, javascript_types
from backend_audit.lower.limits import unlimited_depth
from backend_audit.pool import worker
from backend_audit.source import Language, LineIndex, Role, SourceFile

JS, TS = Language.JAVASCRIPT, Language.TYPESCRIPT


def lowered(text: str, language: Language = TS, path: str = "example.tsx") -> javascript.Lowered:
    return javascript.lower(path, text, language)


def body(text: str, language: Language = TS, path: str = "example.tsx") -> list[ir.Stmt]:
    module, faults = lowered(text, language, path)
    assert not faults, faults
    return module.body


def expression(text: str) -> ir.Expr:
    (statement,) = body(f"f(({text}));")
    assert isinstance(statement, ir.ExprStmt)
    assert isinstance(statement.value, ir.Call)
    return statement.value.args[0].value


def sketch(node: object) -> str:
    """A node in one line, without positions: what the tables below compare."""
    if isinstance(node, list):
        return "[" + " ".join(sketch(one) for one in node) + "]"
    if not isinstance(node, ir.Node):
        return str(node)
    match node:
        case ir.Const():
            return node.kind if node.value is None else f"{node.value!r}"
        case ir.Name():
            return node.id
        case ir.Attribute():
            return f"{sketch(node.value)}.{node.attr}"
        case ir.Index():
            return f"{sketch(node.value)}[{sketch(node.index)}]"
        case ir.Arg() | ir.Item() if node.star:
            return "*" * node.star + sketch(node.value)
        case ir.Arg():
            return sketch(node.value) if node.name is None else f"{node.name}={sketch(node.value)}"
        case ir.Item():
            return sketch(node.value) if node.key is None else f"{sketch(node.key)}: {sketch(node.value)}"
        case ir.Call():
            return f"{node.form or 'call'}({', '.join(map(sketch, [node.func, *node.args]))})"
        case ir.Container():
            return f"{node.kind}({', '.join(map(sketch, node.items))})"
        case ir.Lambda():
            return sketch(node.function)
        case ir.Param():
            name = node.name if node.pattern is None else sketch(node.pattern)
            marks = {"args": "*", "receiver": "!"}.get(node.kind, "")
            typed = "" if node.annotation is None else f" {sketch(node.annotation)}"
            return f"{sketch(node.decorators) if node.decorators else ''}{marks}{name}{typed}" + (
                "" if node.default is None else f"={sketch(node.default)}"
            )
        case ir.Function():
            words = [word for word, on in (("static", node.is_static), ("async", node.is_async), ("*", node.is_generator)) if on]
            returns = "" if node.returns is None else f" -> {sketch(node.returns)}"
            head = " ".join([*words, node.kind or "function", node.name])
            shown = f"{head}({', '.join(map(sketch, node.params))}){returns} {sketch(node.body)}"
            return f"{sketch(node.decorators)} {shown}" if node.decorators else shown
        case _:
            parts = [getattr(node, name) for name in node.__struct_fields__[2:]]
            return f"{type(node).__name__}({', '.join(sketch(one) for one in parts if one not in ('', [], None, False))})"


EXPRESSIONS = [
    ("a?.b?.[0]?.(1)", "call(a.b[0], 1)"),
    ("new Foo", "new(Foo)"),
    ("new a.B(1, ...xs)", "new(a.B, 1, *xs)"),
    ("`a${b}\\n${c.d}`", "Template(['a' Hole(b) '\\n' Hole(c.d)])"),
    ("`plain`", "'plain'"),
    ("sql`x ${a} y${b}`", "tagged(sql, list('x ', ' y', ''), a, b)"),
    ("'a\\x41\\u{1F600}\\\n\\'b'", "\"aA\U0001f600'b\""),
    ("'\\ud800'", "'\ufffd'"),
    ("/a[/]b/gi", "'/a[/]b/gi'"),
    ("[1, , ...xs]", "list(1, undefined, *xs)"),
    ("{a, b: 1, ['c']: 2, [d]: 3, 'e f': 4, ...g}", "dict('a': a, 'b': 1, 'c': 2, d: 3, 'e f': 4, **g)"),
    ("{m() { return this; }}", "dict('m': method m(!this) [Return(this)])"),
    ("{get g() { return 1; }, async *h(a) {}}", "dict('g': getter g(!this) [Return(1)], 'h': async * method h(a, !this) [])"),
    ("x => x", "arrow <anonymous>(x) [Return(x)]"),
    ("async ({a, b: [c] = d}, ...e) => { f(); }",
     "async arrow <anonymous>(dict('a': a, 'b': Defaulted(list(c), d)), *e) [ExprStmt(call(f))]"),
    ("function f(a = 1) { return this.b; }", "function f(a=1, !this) [Return(this.b)]"),
    ("function () { return () => this; }", "function <anonymous>(!this) [Return(arrow <anonymous>() [Return(this)])]"),
    ("function* () { yield; yield 1; yield* xs; }",
     "* function <anonymous>() [ExprStmt(Yield()) ExprStmt(Yield(1)) ExprStmt(Yield(xs, True))]"),
    ("a && b || c ?? d", "Logical(nullish, Logical(or, Logical(and, a, b), c), d)"),
    ("a === b", "Compare(a, [==], [b])"),
    ("a != null", "Compare(a, [!=], [none])"),
    ("'k' in o", "Compare('k', [in], [o])"),
    ("e instanceof Error", "Compare(e, [instanceof], [Error])"),
    ("!a", "Unary(not, a)"),
    ("typeof a", "Unary(typeof, a)"),
    ("void 0", "undefined"),
    ("-1", "-1"),
    ("a >>> 1 ** b", "Binary(>>>, a, Binary(**, 1, b))"),
    ("a = b", "Walrus(a, b)"),
    ("f(a += 1)", "call(f, Walrus(a, Binary(+, a, 1)))"),
    ("f(i++)", "call(f, Walrus(i, Binary(+, i, 1)))"),
    ("f(a ??= b)", "call(f, Walrus(a, Logical(nullish, a, b)))"),
    ("a, b, c", "Sequence([a b c])"),
    ("a ? b : c", "Conditional(a, b, c)"),
    ("await a.b()", "Await(call(a.b))"),
    ("import('x')", "call(import, 'x')"),
    ("import.meta.url", "import.meta.url"),
    ("delete a.b, c", "Sequence([Unary(delete, a.b) c])"),
    ("<A.B x={1} {...p} d='q' e>hi{z}<b/></A.B>", "element(A.B, dict('x': 1, **p, 'd': 'q', 'e': True), 'hi', z, element('b'))"),
    ("<></>", "element('')"),
    ("(a as T)!.b satisfies U", "a.b"),
    ("f<T>(a)", "call(f, a)"),
    ("await f<T>(a)", "Await(call(f, a))"),
    ("(await f)(a)", "call(Await(f), a)"),
    ("await sql<T[]>`x ${a}`", "Await(tagged(sql, list('x ', ''), a))"),
    ("sql<Array<{ id: string; f: (a: T) => void }>>`x`", "tagged(sql, list('x'))"),
    ("a < b > `x`", "Compare(Compare(a, [<], [b]), [>], ['x'])"),
    ("class A extends B { x = 1; static y; }", "ClassValue(Class(A, 10, [B], [Assign([this.x], 1) Assign([y])]))"),
    ("true", "True"),
    ("undefined", "undefined"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), EXPRESSIONS)
def test_expressions(text: str, wanted: str) -> None:
    assert sketch(expression(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "'a' + b!.c",
        "a && b!.c!.d",
        "!a.b!.c",
        "typeof a![0]",
        "a + f(b)!.c + `${d!.e}`",
        "a ?? b! ?? c!(1)",
        "-(a! + b!.c)",
        "'!.' + a!",
    ],
)
def test_assertions_bind_to_the_last_operand(text: str) -> None:
    plain = text.replace("!.", ".").replace("![", "[").replace("!(", "(").replace("b! ", "b ").replace("a!", "a")
    assert sketch(expression(text)) == sketch(expression(plain.replace("'.'", "'!.'")))


@pytest.mark.parametrize(
    ("text", "value"), [("0x1F", 31), ("0b11", 3), ("1_000", 1000), ("10n", 10), ("017", 15), ("1.5e3", 1500.0)]
)
def test_numbers(text: str, value: float) -> None:
    found = expression(text)
    assert isinstance(found, ir.Const)
    assert found.value == value
    assert type(found.value) is type(value)


STATEMENTS = [
    ("const {a, b: c = 1, ...r} = x, [d, , e] = y;",
     "[Assign([dict('a': a, 'b': Defaulted(c, 1), **r)], x, const) Assign([list(d, undefined, e)], y, const)]"),
    ("let a; var b = 1;", "[Assign([a], let) Assign([b], 1, var)]"),
    ("a = b = c;", "[Assign([a b], c)]"),
    ("({a, b: c.d = 1} = x);", "[Assign([dict('a': a, 'b': Defaulted(c.d, 1))], x)]"),
    ("a += 1; b ||= c; d++;", "[Assign([a], +, 1) Assign([b], Logical(or, b, c)) Assign([d], +, 1)]"),
    ("a = 1, b();", "[Assign([a], 1) ExprStmt(call(b))]"),
    ("delete a[b];", "[Delete([a[b]])]"),
    ("if (a) b(); else if (c) { d(); } else e();",
     "[If(a, [ExprStmt(call(b))], [If(c, [ExprStmt(call(d))], [ExprStmt(call(e))])])]"),
    ("for (let i = 0; i < n; i++) f(i);",
     "[Assign([i], 0, let) While(Compare(i, [<], [n]), [ExprStmt(call(f, i))], [Assign([i], +, 1)])]"),
    ("for (;;) {}", "[While(True)]"),
    ("for (const [k, v] of xs) {}", "[For(list(k, v), xs, const)]"),
    ("for (k in o) {}", "[For(k, o, True)]"),
    ("async () => { for await (const x of y) {} }", "[ExprStmt(async arrow <anonymous>() [For(x, y, True, const)])]"),
    ("do { a(); } while (b);", "[While(b, [ExprStmt(call(a))], True)]"),
    ("out: while (a) { continue out; }", "[While(a, [Jump(continue, out)])]"),
    ("switch (a) { case 1: case 2: b(); break; default: c(); }",
     "[Switch(a, [SwitchCase(1) SwitchCase(2, [ExprStmt(call(b)) Jump(break)]) SwitchCase([ExprStmt(call(c))])])]"),
    ("try { a(); } catch (e) { b(e); } finally { c(); }",
     "[Try([ExprStmt(call(a))], [Handler(e, [ExprStmt(call(b, e))])], [ExprStmt(call(c))])]"),
    ("try {} catch {}", "[Try([Handler()])]"),
    ("try {} catch ({message}) {}", "[Try([Handler(dict('message': message))])]"),
    ("function f() { throw new Error('x'); }", "[function f() [Raise(new(Error, 'x'))]]"),
    ("{ let a = 1; }", "[Block([Assign([a], 1, let)])]"),
    ("const f = () => 1; o.g = function () {};", "[Assign([f], arrow f() [Return(1)], const) Assign([o.g], function g() [])]"),
    ("import 'x';", "[Import(x)]"),
    ("import a, * as b from 'x';", "[Import(x, [Alias(default, a) Alias(b)])]"),
    ("import {a, b as c, type D} from './x';", "[Import(./x, [Alias(a, a) Alias(b, c) Alias(D, D)])]"),
    ("import fs = require('fs');", "[Assign([fs], call(require, 'fs'), const)]"),
    ("import a = b.c;", "[Assign([a], b.c, const)]"),
    ("export const a = 1, {b} = c;",
     "[Assign([a], 1, const) Assign([dict('b': b)], c, const) Export([Alias(a, a) Alias(b, b)])]"),
    ("export default function () {}", "[Assign([default], function default() [], const) Export([Alias(default, default)])]"),
    ("export default function f() {}", "[function f() [] Export([Alias(f, default)])]"),
    ("export default {a: 1};", "[Assign([default], dict('a': 1), const) Export([Alias(default, default)])]"),
    ("export {a as b, c};", "[Export([Alias(a, b) Alias(c, c)])]"),
    ("export {default as a} from 'x';", "[Export(x, [Alias(default, a)])]"),
    ("export * from 'x'; export * as y from 'z';", "[Export(x, [Alias(*, *)]) Export(z, [Alias(y)])]"),
    ("export = a;", "[Assign([module.exports], a)]"),
    ("module.exports = exports = {a};", "[Assign([module.exports exports], dict('a': a))]"),
    ("let a: string | undefined = b;", "[Assign([a], b, Binary(|, string, undefined), let)]"),
    ("let a: 'x' | \"y\";", "[Assign([a], Binary(|, Literal['x'], Literal['y']), let)]"),
    ("let a: Promise<A.B[]>;", "[Assign([a], Promise[Array[A.B]], let)]"),
    ("let a: Map<string, {x: number}>;", "[Assign([a], Map[tuple(string, dict('x': number))], let)]"),
    ("type A = B; interface C extends D.E { f: number; g(): void }",
     "[Assign([A], B, type) Class(C, 23, [D.E], [Assign([this.f], number) method g(!this) -> void []], interface)]"),
    ("enum A { B, C = 5, D, E = 'e' }", "[Assign([A], dict('B': 0, 'C': 5, 'D': 6, 'E': 'e'), const)]"),
    ("namespace N { export const a = 1; const b = 2; }",
     "[Assign([a], 1, const) Assign([b], 2, const) Assign([N], dict('a': a), const)]"),
    ("function f(a: string): void; function f(a: any) {} declare const x: number; declare module 'y' {}",
     "[function f(a any) []]"),
    ("function f(this: A, b?: number, c: string = 'x'): Promise<B> {}", "[function f(b number, c string='x') -> Promise[B] []]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), STATEMENTS)
def test_statements(text: str, wanted: str) -> None:
    assert sketch(body(text)) == wanted


CLASS = """\
@Controller('a')
export abstract class A<T> extends B<T> implements I {
  static count = 0;
  #secret: string = 'x';
  @Column() name?: string;
  constructor(private readonly db: Db, @Inject(X) other) { super(); }
  @Get(':id') async find(@Param('id') id: string): Promise<C> { return this.db; }
  static make() {}
  get size(): number { return 1; }
  set size(v) {}
  [Symbol.iterator]() {}
  static { init(); }
  abstract later(): void;
  overload(a: string): void;
}
"""


def test_classes() -> None:
    found, export = body(CLASS)
    assert isinstance(found, ir.Class)
    assert sketch(export) == "Export([Alias(A, A)])"
    assert CLASS[found.at : found.name_end] == "abstract class A"
    assert sketch(found.decorators) == "[call(Controller, 'a')]"
    assert sketch(found.bases) == "[B implements=I]"
    assert [sketch(one) for one in found.body] == [
        "Assign([count], 0)",
        "Assign([this.#secret], 'x', string)",
        "Assign([this.name], string, [call(Column)])",
        "constructor constructor(db Db, [call(Inject, X)]other, !this) [Assign([this.db], db) ExprStmt(call(super))]",
        "[call(Get, ':id')] async method find([call(Param, 'id')]id string, !this) -> Promise[C] [Return(this.db)]",
        "static method make(!this) []",
        "getter size(!this) -> number [Return(1)]",
        "setter size(v, !this) []",
        "ExprStmt(Symbol.iterator)",
        "method [Symbol.iterator](!this) []",
        "Block([ExprStmt(call(init))])",
        "method later(!this) -> void []",
    ]
    find = found.body[4]
    assert isinstance(find, ir.Function)
    assert CLASS[find.at : find.name_end] == "async find"


def nodes(root: ir.Module) -> Iterator[tuple[ir.Node, ir.Node | None]]:
    """Every node with its parent."""
    stack: list[tuple[ir.Node, ir.Node | None]] = [(node, None) for node in root.body]
    while stack:
        node, parent = stack.pop()
        yield node, parent
        stack.extend((child, node) for child in ir.children(node))


def check_positions(text: str, module: ir.Module) -> None:
    """Names stand where the text says so, and every node lies in its parent but for decorators, which stand before."""
    for node, parent in nodes(module):
        assert 0 <= node.at <= node.end <= len(text)
        outside = isinstance(parent, (ir.Function, ir.Class)) and node in parent.decorators
        if parent is not None and not outside:
            assert parent.at <= node.at <= node.end <= parent.end, (text[node.at : node.end], type(parent).__name__)
        if isinstance(node, ir.Name) and node.at < node.end:
            assert text[node.at : node.end] == node.id
        if isinstance(node, ir.Attribute) and node.at < node.end:
            assert text[node.at : node.end].endswith(node.attr)


def everything() -> str:
    statements = "\n".join(text for text, _ in STATEMENTS)
    return CLASS + "\n".join(f"({text});" for text, _ in EXPRESSIONS) + "\n" + statements


@pytest.mark.parametrize("change", [("", ""), ("'x'", "'é\U0001f600→'"), ("\n", "\r\n")])
def test_positions(change: tuple[str, str]) -> None:
    text = everything().replace(*change)
    module, faults = lowered(text)
    assert not faults
    check_positions(text, module)
    assert module.line_starts == LineIndex.of(text).starts


def test_positions_count_characters() -> None:
    text = "/* ü */ const ключ = '→😀'; f(ключ)\u00a0;"
    (assign, call) = body(text)
    assert isinstance(assign, ir.Assign)
    assert isinstance(call, ir.ExprStmt)
    assert text[assign.at : assign.end] == "ключ = '→😀'"
    assert isinstance(assign.value, ir.Const)
    assert assign.value.value == "→😀"
    assert text[call.at : call.end] == "f(ключ)"


def test_comments() -> None:
    text = "#!/usr/bin/env node\n// own\nf(/* in */ a); // after\n"
    module = lowered(text, JS, "x.js").module
    assert [(one.text, one.own_line) for one in module.comments] == [
        ("#!/usr/bin/env node", True), ("// own", True), ("/* in */", False), ("// after", False)
    ]  # fmt: skip
    assert all(text[one.at : one.end] == one.text for one in module.comments)


@pytest.mark.parametrize(
    ("path", "language", "text"),
    [
        ("a.js", JS, "const a = <b/>;"),
        ("a.ts", TS, "const a = <T>b;"),
        ("a.tsx", TS, "const a = <b/>;"),
        ("bin/tool", TS, "const a = <T>b;"),
        ("a.ts", TS, 'interface A { b: { c: import("./d.js").E[]; }; f: typeof import("./d.js"); }'),
        ("a.ts", TS, 'export { A, type B } from "./a";\nexport type * from "./types";\nexport type * as all from "./types";'),
        ("a.ts", TS, "class A { private timer: (string) => any; on: (any, number?) => void; }"),
        ("a.tsx", TS, "const a = styled.div<{ /** (grows) */ auto?: boolean; // a/b\n }>`x`;"),
        ("a.tsx", TS, 'const a = <a href="/b?c=1&d=2">e</a>;'),
        ("a.jsx", JS, "const a = <h2>Find & replace</h2>;"),
    ],
)
def test_dialects(path: str, language: Language, text: str) -> None:
    assert not lowered(text, language, path).faults


# https://flow.org/en/docs/types/
_FLOW = {
    "maybe": "// @flow\nfunction a(b: ?string, c?: number): ?Array<*> { return f(b); }",
    "exact objects": "export type A = {| +b: string, -c?: ?() => void |}; f(d);",
    "spread": "type A = { ...B, c: string }; opaque type D: string = string; f(a);",
    "typeof": "import type { A } from './a'; import typeof B from './b'; f(c);",
    "functions": "class A { static +run: (string, any[], options?: Map<a, B<c>>) => void; on: string => void; m() { f(this); } }",
    "casts": "const a = ((b: any): Array<string>).map(f); for (const key: string in a) { f(key); }",
}


@pytest.mark.parametrize("text", _FLOW.values(), ids=_FLOW)
def test_types_of_flow_are_read_as_those_of_typescript(text: str) -> None:
    module, faults = lowered(text, JS, "a.js")
    assert not faults
    assert any(isinstance(node, ir.Name) and node.id == "f" for node, _ in nodes(module))
    check_spans_only(text, module)


def test_the_arrow_in_front_of_a_template_ends_no_type_arguments() -> None:
    (made,) = body("class A { rows(): Promise<Row[]> { const limit = 1; return names.map((one) => `a${one}`) } }")
    assert isinstance(made, ir.Class)
    assert "limit" in sketch(made)
    assert "one" in sketch(made)


@pytest.mark.parametrize(("path", "language"), [("a.mjs", JS), ("a.mts", TS), ("a.tsx", TS)])
@pytest.mark.parametrize("word", ["with", "assert"])
def test_import_attributes(word: str, path: str, language: Language) -> None:
    text = f"""import a from './a.json' {word} {{ type: "json" }};
export {{ default as b }} from "./b.json" {word} {{ type: 'json' }};
export * from './c.js' {word} {{ x: 'y' }}; import './d.css' {word} {{ type: 'css' }};
const s = "from 'e' {word} {{ kept }}"; f(s);
"""
    found = lowered(text, language, path)
    assert not found.faults
    assert [one.module for one in found.module.body if isinstance(one, (ir.Import, ir.Export))] == [
        "./a.json",
        "./b.json",
        "./c.js",
        "./d.css",
    ]
    assert any(isinstance(one, ir.Const) and one.value == f"from 'e' {word} {{ kept }}" for one in ir.walk(*found.module.body))


@pytest.mark.parametrize(
    ("text", "line", "kept"),
    [
        ("ok();\nconst = ;\nfine(a);", 2, ["ok", "fine"]),
        ("f(a,\ng(b);\n", 2, ["f", "g"]),
        ("class A {\n m() { n(); }\n", 2, ["n"]),
        ("if (a) {\n b();", 2, ["b"]),
    ],
)
def test_what_can_be_read_is_kept(text: str, line: int, kept: list[str]) -> None:
    module, faults = lowered(text)
    assert min(fault.line for fault in faults) <= line
    names = {node.func.id for node, _ in nodes(module) if isinstance(node, ir.Call) and isinstance(node.func, ir.Name)}
    assert names >= set(kept)
    check_spans_only(text, module)


def check_spans_only(text: str, module: ir.Module) -> None:
    assert all(0 <= node.at <= node.end <= len(text) for node, _ in nodes(module))


def test_long_chains_are_read() -> None:
    text = "before(); x = " + " + ".join(["a", "'b'"] * 1500) + "; after();"
    module, faults = lowered(text)
    assert not faults
    assert len(module.body) == 3
    job = FileJob(SourceFile("a.js", "", Language.JAVASCRIPT, Role.SOURCE, 0), text.encode())
    answer = worker.attempt(analyse, ENCODER.encode(job))  # an interpreter may bear less depth in C
    if isinstance(answer, worker.Failure):
        assert answer.kind is ProblemKind.TOO_DEEP
    else:
        with unlimited_depth():
            assert len(MODULE.decode(FACTS.decode(answer).module).body) == 3


def test_too_deep_a_statement_is_told_and_the_rest_kept() -> None:
    module, faults = lowered("before();\nx = " + "[" * 9000 + "]" * 9000 + ";\nafter();")
    assert [fault.line for fault in faults if fault.too_deep] == [2]
    assert [sketch(one) for one in module.body] == ["ExprStmt(call(before))", "ExprStmt(call(after))"]


def test_modules_survive_encoding() -> None:
    module = lowered(everything()).module
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(module), type=ir.Module)
    assert sketch(again.body) == sketch(module.body)


# Kinds of nodes that lowering reads from the node around them, or that leave no trace on purpose.
READ_WITH_THEIR_PARENT = frozenset(
    """arguments array_pattern assignment_pattern catch_clause class_body class_heritage class_static_block comment
    computed_property_name decorator else_clause escape_sequence export_clause export_specifier field_definition finally_clause
    formal_parameters hash_bang_line html_comment html_character_reference import_attribute import_clause import_specifier
    jsx_attribute jsx_closing_element jsx_namespace_name jsx_opening_element jsx_text method_definition named_imports
    namespace_export namespace_import object_assignment_pattern optional_chain pair pair_pattern program property_identifier
    regex_flags regex_pattern shorthand_property_identifier shorthand_property_identifier_pattern
    statement_identifier string_fragment switch_body switch_case switch_default template_substitution variable_declarator
    accessibility_modifier enum_assignment enum_body extends_clause extends_type_clause implements_clause import_require_clause
    interface_body optional_parameter override_modifier property_signature public_field_definition required_parameter
    type_annotation type_arguments method_signature
    abstract_method_signature ambient_declaration call_signature constraint construct_signature debugger_statement default_type
    empty_statement function_signature index_signature module type_parameter type_parameters asserts asserts_annotation
    adding_type_annotation omitting_type_annotation opting_type_annotation mapped_type_clause type_predicate
    type_predicate_annotation conditional_type constructor_type existential_type flow_maybe_type function_type index_type_query
    infer_type lookup_type rest_type template_literal_type template_type this_type type_query""".split()
)


@pytest.mark.parametrize(
    "grammar", [tree_sitter_javascript.language, tree_sitter_typescript.language_tsx, tree_sitter_typescript.language_typescript]
)
def test_every_kind_of_node_is_read(grammar: object) -> None:
    language = tree_sitter.Language(grammar())  # type: ignore[operator]
    kinds = {
        language.node_kind_for_id(number) or ""
        for number in range(language.node_kind_count)
        if language.node_kind_is_named(number) and language.node_kind_is_visible(number)
    }
    known = {*javascript_expressions.EXPRESSIONS, *javascript_types._TYPES, *javascript._STATEMENTS, *READ_WITH_THEIR_PARENT}
    assert kinds - known == set()


PIECES = [
    *(f"({text})" for text, _ in EXPRESSIONS),
    *(text for text, _ in STATEMENTS),
    "{",
    "}",
    "(",
    ")",
    "`",
    "${",
    "\n",
    "é",
    "<a>",
]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), st.integers(0, 400), st.sampled_from([JS, TS]))
@example(
    "{ ({a, b: c.d = 1} = x); a += 1; b |c; d++; (a != null) ` ${ export {a as b, c}; export {a as b, c}; "
    "(a?.b?.[0]?.(1)) (a ? b : c)",
    400,
    TS,
)
def test_no_text_raises(text: str, cut: int, language: Language) -> None:
    module, _ = lowered(text[:cut] + text[cut + 3 :], language)
    check_spans_only(text, module)
    assert sys.getrecursionlimit() < 12_000
