"""What the engine knows about values of JavaScript, stated in the code of `data/flow_js` beside each value: see `test_flow.py`.

`python tests/test_flow_js.py` prints what the engine says now.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_audit.catalog import rules_root
from backend_audit.flow.concepts import LogRecord, ShellCommand
from backend_audit.flow.model_files import load_models, model_files
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.frameworks import script_handlers
from backend_audit.link.script_project import ScriptProject
from backend_audit.lower import javascript
from backend_audit.source import Language, LineIndex
from test_flow import PROBE, expected, facts

DATA = Path(__file__).parent / "data" / "flow_js"
MODELS = load_models([*model_files(rules_root(), "node"), ("probe.toml", PROBE)])
TOPICS = sorted(DATA.iterdir())


def project_files(topic: Path) -> list[Path]:
    return sorted(path for path in topic.rglob("*") if path.is_file()) if topic.is_dir() else [topic]


def engine_of(texts: dict[str, str]) -> ScriptEngine:
    modules = []
    for path, text in texts.items():
        language = Language.TYPESCRIPT if path.endswith(".ts") else Language.JAVASCRIPT
        lowered = javascript.lower(path, text, language)
        assert not lowered.faults
        modules.append(lowered.module)
    return ScriptEngine(ScriptProject(modules, {}), MODELS, script_handlers.parameter)


def texts_of(topic: Path) -> dict[str, str]:
    root = topic if topic.is_dir() else topic.parent
    return {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8") for file in project_files(topic)}


def seen(topic: Path) -> dict[tuple[str, int], set[str]]:
    """File and line of each `see(…)` with what the engine knows of its argument."""
    engine = engine_of(texts_of(topic))
    starts = {module.path: LineIndex(module.node.line_starts) for module in engine.project.modules.values()}
    found: dict[tuple[str, int], set[str]] = {}
    for concept in engine.concepts():
        if isinstance(concept, LogRecord) and concept.site.written == "see" and concept.message is not None:
            line = starts[concept.site.path].position(concept.site.node.at).line
            value = concept.message.value
            origins = [origin.cleared for origin in value.all_origins() if origin.label == "untrusted"]
            cleared = frozenset.intersection(*origins) if origins else frozenset()
            known = {*facts(value), *(f"clear={one}" for one in cleared if one != "parsed")}
            found.setdefault((concept.site.path, line), set()).update(known or {"nothing"})
    assert not engine.problems, engine.problems
    return found


def stated(topic: Path) -> Iterator[tuple[str, int, str, str]]:
    """File, line, code and comment of each `see(…)`."""
    for path, text in texts_of(topic).items():
        for number, line in enumerate(text.splitlines(), 1):
            if line.lstrip().startswith("see("):
                code, _, comment = line.partition(" // $ ")
                yield path, number, code, comment


@pytest.mark.parametrize("topic", TOPICS, ids=lambda path: path.stem)
def test_values(topic: Path) -> None:
    found = seen(topic)
    told = []
    for path, line, code, comment in stated(topic):
        want, gaps = expected(comment)
        got = found.get((path, line), {"dead"})
        if want != got or gaps & got:
            told.append(f"{topic.name}/{path}:{line}: {code.strip()}: {' '.join(sorted(got))}")
    if told:
        pytest.fail("\n".join(told), pytrace=False)


SLICE = {
    "app.js": """\
const express = require('express');
const users = require('./routes/users').default;
const { exec } = require('child_process');
const app = express();
app.use('/users', users);
app.get('/direct', (req, res) => { exec('ls ' + req.query.d); });
app.get('/number', (req, res) => { exec('ls ' + Number(req.query.d)); });
app.post('/wrapped', wrap(async (req, res) => { exec('ls ' + req.body.d); }));
function wrap(handler) { return (req, res, next) => handler(req, res, next).catch(next); }
""",
    "routes/users.ts": """\
import { Router, Request } from 'express';
import { run } from '../run.js';
const router = Router();
router.post('/', async (req, res) => {
  const { name, list: [first] = [] } = req.body;
  await run(`id ${name}`);
  [1, 2].map((n) => run(n + first));
});
router.get('/:id', check, show);
async function check(req: Request, res: any, next: any) { next(); }
function show(req: Request) { find(req.params.id).then((x) => run('a ' + x)); }
async function find(id: string) { return new Promise((resolve) => setTimeout(() => resolve(id), 1)); }
export default router;
""",
    "run.ts": """\
import * as cp from 'node:child_process';
class Runner {
  constructor(private readonly prefix: string) {}
  go(cmd: string) { cp.execSync(this.prefix + cmd); }
}
export const run = async (cmd: string) => { new Runner('sudo ').go(cmd); };
""",
    "bare.js": """\
const http = require('http');
const url = require('url');
const cp = require('child_process');
http.createServer((incoming, outgoing) => {
  const parsed = url.parse(incoming.url, true);
  if (parsed.pathname === '/fixed') cp.execSync('ls ' + parsed.pathname);
  cp.execSync('ls ' + parsed.query.d);
  cp.execSync('ls ' + new URL(incoming.url, 'http://x').searchParams.get('d'));
}).listen(80);
""",
}


def test_a_request_reaches_a_command_through_callbacks_classes_and_files() -> None:
    engine = engine_of(SLICE)
    found = set()
    for concept in engine.concepts():
        if isinstance(concept, ShellCommand) and concept.command is not None:
            for origin in concept.command.value.carries("untrusted", "shell"):
                source = origin.marks()[0]
                found.add((SLICE[source.path][source.at : source.end], concept.site.path))
    assert not engine.problems
    assert found == {
        ("incoming.url", "bare.js"), ("req.query", "app.js"), ("req.body", "app.js"), ("req.body", "run.ts"),
        ("req.params", "run.ts"),
    }  # fmt: skip


LANGUAGE = DATA.parent / "script_language"
LOST = {"A.self this"}  # ways that are not followed yet


def test_the_data_of_a_request_is_followed_through_the_language() -> None:
    """Each `see(value, "way")` of the folder is reached by data of the request."""
    texts = {file.relative_to(LANGUAGE).as_posix(): file.read_text(encoding="utf-8") for file in sorted(LANGUAGE.rglob("*.js"))}
    engine = engine_of(texts)
    reached: dict[str, bool] = {}
    for concept in engine.concepts():
        if isinstance(concept, LogRecord) and concept.site.written == "see" and concept.message is not None:
            way = concept.site.arg("1")
            for label in () if way is None else way.value.texts():
                reached[label] = reached.get(label, False) or bool(concept.message.value.carries("untrusted"))
    assert not engine.problems
    assert {label for label, found in reached.items() if not found} == LOST
    assert len(reached) > 50


def test_modules_that_export_all_of_each_other_do_not_look_for_a_name_for_ever() -> None:
    texts = {
        "a.js": 'export * from "./b.js";\nexport { exec } from "child_process";\n',
        "b.js": 'export * from "./a.js";\nimport { exec, nowhere } from "./a.js";\nexport const run = () => exec(nowhere());\n',
    }
    engine = engine_of(texts)
    engine.go_through()
    assert not engine.problems
    found = engine.module_attribute(engine.project.modules["b.js"], "exec")
    assert found is not None
    assert found.apis == {"child_process.exec"}


def show() -> None:
    for topic in TOPICS:
        found = seen(topic)
        for path, line, code, _ in stated(topic):
            got = " ".join(sorted(found.get((path, line), {"dead"})))
            sys.stdout.write(f"{path}:{line}: {code} // $ {got}\n")


if __name__ == "__main__":
    show()
