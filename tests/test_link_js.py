"""Which file an import of JavaScript or TypeScript means, and what a module's functions, classes and exports are."""

import json

import pytest

from backend_audit.link.script_modules import Resolver, api_path, is_manifest
from backend_audit.link.script_project import ScriptProject
from backend_audit.lower import javascript
from backend_audit.source import Language

FILES = [
    "server.js",
    "lib/index.js",
    "lib/db.ts",
    "lib/view.tsx",
    "src/app.ts",
    "src/routes/users.ts",
    "src/routes/index.ts",
    "packages/shared/src/index.ts",
    "packages/shared/src/errors.ts",
    "packages/plain/main.js",
]
MANIFESTS = {
    "package.json": json.dumps({"name": "root", "imports": {"#db": "./lib/db.js", "#lib/*": "./lib/*.js"}}),
    "tsconfig.json": """{ // aliases
        "compilerOptions": {"baseUrl": "./src", "paths": {"@routes/*": ["routes/*"], "~": ["app.ts"],},},}""",
    "packages/shared/package.json": json.dumps(
        {"name": "@acme/shared", "exports": {".": {"import": "./dist/index.js"}, "./*": "./dist/*.js"}}
    ),
    "packages/shared/tsconfig.json": json.dumps({"extends": "../../tsconfig"}),
    "packages/plain/package.json": json.dumps({"name": "plain", "main": "./main.js"}),
    "packages/broken/package.json": "{",
}


@pytest.mark.parametrize(
    ("importer", "specifier", "wanted"),
    [
        ("server.js", "./lib", "lib/index.js"),
        ("server.js", "./lib/", "lib/index.js"),
        ("server.js", "./lib/db", "lib/db.ts"),
        ("server.js", "./lib/db.js", "lib/db.ts"),
        ("server.js", "./lib/view.js", "lib/view.tsx"),
        ("lib/db.ts", "..", None),
        ("lib/db.ts", "../server", "server.js"),
        ("lib/db.ts", ".", "lib/index.js"),
        ("server.js", "../outside", None),
        ("server.js", "./missing", None),
        ("src/app.ts", "@routes/users", "src/routes/users.ts"),
        ("src/app.ts", "~", "src/app.ts"),
        ("src/app.ts", "routes", "src/routes/index.ts"),
        ("src/app.ts", "routes/users.js", "src/routes/users.ts"),
        ("src/app.ts", "express", None),
        ("src/app.ts", "node:fs", None),
        ("src/app.ts", "@acme/shared", "packages/shared/src/index.ts"),
        ("src/app.ts", "@acme/shared/errors", "packages/shared/src/errors.ts"),
        ("src/app.ts", "plain", "packages/plain/main.js"),
        ("src/app.ts", "plain/main", "packages/plain/main.js"),
        ("server.js", "#db", "lib/db.ts"),
        ("server.js", "#lib/view", "lib/view.tsx"),
        ("packages/shared/src/index.ts", "@routes/users", "src/routes/users.ts"),
    ],
)
def test_modules_are_found(importer: str, specifier: str, wanted: str | None) -> None:
    assert Resolver(FILES, MANIFESTS).find(importer, specifier) == wanted


def test_what_a_configuration_extends_is_read() -> None:
    manifests = {
        "tsconfig.json": json.dumps({"extends": "./tools/tsconfig-base.json"}),
        "tools/tsconfig-base.json": json.dumps({"compilerOptions": {"baseUrl": ".."}}),
    }
    assert all(map(is_manifest, manifests))
    assert not is_manifest("tools/base.json")
    assert Resolver(FILES, manifests).find("src/app.ts", "lib/db") == "lib/db.ts"


@pytest.mark.parametrize(
    ("specifier", "path"),
    [
        ("express", "express"),
        ("node:child_process", "child_process"),
        ("node:fs/promises", "fs.promises"),
        ("lodash/merge.js", "lodash.merge"),
        ("@fastify/jwt", "@fastify/jwt"),
        ("@aws-sdk/client-s3/dist/index", "@aws-sdk/client-s3.dist.index"),
        ("socket.io", "socket.io"),
    ],
)
def test_api_paths(specifier: str, path: str) -> None:
    assert api_path(specifier) == path


def project(**texts: str) -> ScriptProject:
    modules = [javascript.lower(f"{name}.ts", text, Language.TYPESCRIPT).module for name, text in texts.items()]
    return ScriptProject(modules, {})


def test_functions_stand_in_expressions() -> None:
    text = """\
const f = (a) => [a, (b) => b];
function g() { const h = function () {}; return { m() {}, get p() { return 1; } }; }
class A { field = () => 1; n() { return class B { o() {} }; } }
module.exports = { k: async () => 1 };
"""
    module = project(a=text).modules["a.ts"]
    assert [one.name for one in module.every] == [
        "f", "f.<anonymous>", "g", "g.h", "g.m", "g.p", "A.field", "A.n", "A.n.B.o", "k"
    ]  # fmt: skip
    g = module.functions["g"]
    assert [one.name for one in g.nested] == ["g.h", "g.m", "g.p"]
    assert sorted(module.classes["A"].methods) == ["n"]


def test_prototypes_make_classes() -> None:
    text = """\
function User(name) { this.name = name; }
User.prototype.save = function () { return this.name; };
User.prototype.find = other;
function Post() {}
Post.prototype = { load: function () { return this; }, x: 1 };
"""
    module = project(a=text).modules["a.ts"]
    assert {name: sorted(one.methods) for name, one in module.classes.items()} == {
        "User": ["constructor", "save"], "Post": ["constructor", "load"]
    }  # fmt: skip
    assert module.functions["User"].owner is module.classes["User"]
    assert module.functions["save"].owner is module.classes["User"]


def test_exports() -> None:
    text = """\
export const a = 1; export default f; export {b as c};
export {d as e} from './x'; export * as n from './y'; export * from './z';
"""
    module = project(a=text).modules["a.ts"]
    assert module.exported == {
        "a": ("", "a"), "default": ("", "default"), "c": ("", "b"), "e": ("./x", "d"), "n": ("./y", None)
    }  # fmt: skip
    assert module.reexported == ["./z"]
