"""The language server, as an editor knows it: a real client over stdio."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from backend_audit import cli
from backend_audit.catalog import load
from backend_audit.finding import Place
from backend_audit.language_server.translate import ignoring
from git_projects import APP, PULL_STORE, STORE, Project, shop
from report_samples import FINDINGS

SQL, SWALLOWED = "sql-built-from-strings", "swallowed-exception"
SECONDS = 60  # for a machine that is busy


class Editor(LanguageClient):
    """A client that remembers what it was sent."""

    def __init__(self, folder: Path) -> None:
        super().__init__("editor", "1")
        self.folder = folder
        self.diagnostics: dict[str, list[lsp.Diagnostic]] = {}
        self.messages: list[str] = []
        self.refreshed = 0
        self.told: list[str] = []  # of work that goes on
        self.changed = asyncio.Event()

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.diagnostics[Path(params.uri).name] = list(params.diagnostics)
            self.changed.set()

        @self.feature(lsp.WORKSPACE_DIAGNOSTIC_REFRESH)
        def refresh(_: None) -> None:
            self.refreshed += 1
            self.changed.set()

        @self.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)
        def create(_: lsp.WorkDoneProgressCreateParams) -> None:
            pass

        @self.feature(lsp.PROGRESS)
        def progress(params: lsp.ProgressParams) -> None:
            self.told.append(params.value["kind"])
            self.changed.set()

        @self.feature(lsp.WINDOW_SHOW_MESSAGE)
        def message(params: lsp.ShowMessageParams) -> None:
            self.messages.append(params.message)
            self.changed.set()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(name))

    def open(self, name: str) -> None:
        text = (self.folder / name).read_text("utf-8")
        item = lsp.TextDocumentItem(uri=self.uri(name), language_id="python", version=1, text=text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def change(self, name: str, text: str) -> None:
        document = lsp.VersionedTextDocumentIdentifier(version=2, uri=self.uri(name))
        change = lsp.TextDocumentContentChangeWholeDocument(text=text)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))

    def rules(self, name: str) -> list[str]:
        return sorted(str(one.code) for one in self.diagnostics.get(name, []))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until that holds, looking whenever the server sends something."""
        async with asyncio.timeout(SECONDS):
            while not holds():
                await self.changed.wait()
                self.changed.clear()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path / "shop")


def edit(project: Project, work: Callable[[Editor], Awaitable[None]], *, pulls: bool = False) -> None:
    """Start the server for the project, let the editor do its `work`, and leave."""

    async def run() -> None:
        editor = Editor(project.folder)
        environment = {**os.environ, "BACKEND_AUDIT_SEMGREP": "false", "BACKEND_AUDIT_WORKERS": "1"}
        await editor.start_io(sys.executable, "-m", "backend_audit", "lsp", cwd=project.folder, env=environment)
        document = lsp.TextDocumentClientCapabilities(diagnostic=lsp.DiagnosticClientCapabilities() if pulls else None)
        workspace = lsp.WorkspaceClientCapabilities(diagnostics=lsp.DiagnosticWorkspaceClientCapabilities(refresh_support=True))
        answer = await editor.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(
                    text_document=document,
                    workspace=workspace if pulls else None,
                    window=lsp.WindowClientCapabilities(work_done_progress=True),
                ),
                process_id=os.getpid(),
                root_uri=project.folder.as_uri(),
                workspace_folders=[lsp.WorkspaceFolder(project.folder.as_uri(), "shop")],
            )
        )
        assert answer.capabilities.diagnostic_provider is not None
        assert answer.capabilities.hover_provider
        editor.initialized(lsp.InitializedParams())
        try:
            await work(editor)
        finally:
            await asyncio.wait_for(editor.shutdown_async(None), SECONDS)
            editor.exit(None)
            await editor.stop()

    asyncio.run(run())


def test_the_whole_project_is_told_at_once(project: Project) -> None:
    async def work(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("store.py") == [SQL, SWALLOWED])
        (sql,) = (one for one in editor.diagnostics["store.py"] if one.code == SQL)
        assert (sql.severity, sql.source) == (lsp.DiagnosticSeverity.Error, "backend-audit")
        assert (sql.range.start.line, sql.range.start.character) == (6, 11)
        assert sql.code_description is not None
        assert sql.code_description.href == load().card(SQL).url
        assert sql.related_information is not None
        first = sql.related_information[0].location
        assert (Path(first.uri).name, first.range.start.line) == ("app.py", 10)
        assert editor.told == ["begin", "end"], "of the scan, before its findings"

    edit(project, work)


def test_unsaved_changes_count_and_closing_takes_them_back(project: Project) -> None:
    async def work(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("store.py") == [SQL, SWALLOWED])
        editor.open("store.py")
        editor.change("store.py", PULL_STORE)
        await editor.until(lambda: editor.rules("store.py") == [SQL, SQL, SWALLOWED])
        editor.change("store.py", STORE)  # as it is on disk
        await editor.until(lambda: editor.rules("store.py") == [SQL, SWALLOWED])
        editor.change("store.py", "x = 1\n")
        await editor.until(lambda: editor.rules("store.py") == [])
        editor.text_document_did_close(lsp.DidCloseTextDocumentParams(editor.document("store.py")))
        await editor.until(lambda: editor.rules("store.py") == [SQL, SWALLOWED])

    edit(project, work)


def test_saving_looks_at_other_files_too(project: Project) -> None:
    async def work(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("store.py") == [SQL, SWALLOWED])
        editor.open("app.py")
        (project.folder / "app.py").write_text(
            APP.replace(", dependencies=[Depends(require_user)])\ndef drop", ")\ndef drop"), "utf-8"
        )
        editor.change("app.py", (project.folder / "app.py").read_text("utf-8"))
        editor.text_document_did_save(lsp.DidSaveTextDocumentParams(editor.document("app.py")))
        await editor.until(lambda: editor.rules("app.py") == ["route-without-auth"])

    edit(project, work)


def test_diagnostics_can_be_pulled(project: Project) -> None:
    async def work(editor: Editor) -> None:
        report = await editor.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(editor.document("store.py")))
        assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
        assert sorted(str(one.code) for one in report.items) == [SQL, SWALLOWED]
        again = await editor.text_document_diagnostic_async(
            lsp.DocumentDiagnosticParams(editor.document("store.py"), previous_result_id=report.result_id)
        )
        assert isinstance(again, lsp.RelatedUnchangedDocumentDiagnosticReport)
        whole = await editor.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams(previous_result_ids=[]))
        assert [Path(one.uri).name for one in whole.items] == ["store.py"]
        await editor.until(lambda: editor.refreshed >= 1)
        assert editor.diagnostics == {}, "what is pulled is not pushed"

    edit(project, work, pulls=True)


def test_hover_and_ignoring(project: Project) -> None:
    async def work(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("store.py") == [SQL, SWALLOWED])
        editor.open("store.py")
        position = lsp.Position(6, 13)
        hover = await editor.text_document_hover_async(lsp.HoverParams(editor.document("store.py"), position))
        assert hover is not None
        assert isinstance(hover.contents, lsp.MarkupContent)
        for part in ("**SQL built from strings** · high", "1. ", "How to mend", load().card(SQL).url):
            assert part in hover.contents.value
        nothing = await editor.text_document_hover_async(lsp.HoverParams(editor.document("store.py"), lsp.Position(0, 0)))
        assert nothing is None
        context = lsp.CodeActionContext(diagnostics=editor.diagnostics["store.py"])
        wanted = lsp.Range(position, position)
        found = await editor.text_document_code_action_async(lsp.CodeActionParams(editor.document("store.py"), wanted, context))
        assert found is not None
        (action,) = found
        assert isinstance(action, lsp.CodeAction)
        assert action.kind == lsp.CodeActionKind.QuickFix
        assert action.edit is not None
        assert action.edit.changes is not None
        ((change,),) = action.edit.changes.values()
        assert isinstance(change, lsp.TextEdit)
        assert change.new_text == f"    # backend-audit: ignore[{SQL}] because \n"
        lines = STORE.splitlines(keepends=True)
        lines.insert(change.range.start.line, change.new_text)
        editor.change("store.py", "".join(lines))
        await editor.until(lambda: editor.rules("store.py") == [SWALLOWED])

    edit(project, work)


def test_wide_characters_and_wrong_configuration(project: Project) -> None:
    project.put("store.py", STORE.replace("    return connection", "    '🐢🐢'; return connection"))

    async def work(editor: Editor) -> None:
        await editor.until(lambda: SQL in editor.rules("store.py"))
        (sql,) = (one for one in editor.diagnostics["store.py"] if one.code == SQL)
        assert sql.range.start.character == len("    '🐢🐢'; return ".encode("utf-16-le")) // 2
        editor.open("store.py")
        project.put("backend-audit.toml", "fail-on = 3\n")
        editor.text_document_did_save(lsp.DidSaveTextDocumentParams(editor.document("store.py")))
        await editor.until(lambda: bool(editor.messages))
        assert "fail-on" in editor.messages[0]
        assert SQL in editor.rules("store.py"), "what is known stays"

    edit(project, work)


def test_comments_of_every_language() -> None:
    def comment(path: str, text: str) -> str | None:
        finding = msgspec.structs.replace(FINDINGS[0], place=Place(path, 1, 1, 1, 2))
        made = ignoring(finding, text)
        return None if made is None else made.new_text

    rule = FINDINGS[0].rule
    assert comment("a.ts", "  x()\n") == f"  // backend-audit: ignore[{rule}] because \n"
    assert comment("a.html", "<p>\n") == f"{{# backend-audit: ignore[{rule}] because  #}}\n"
    assert comment(".env", "A=1\n") == f"# backend-audit: ignore[{rule}] because \n"
    assert comment("a.json", "{}\n") is None
    assert comment("a.py", "") is None


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in [name for name in sys.modules if name.startswith("backend_audit.language_server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    assert cli.run(["lsp"]) == 2
    assert "backend-audit[lsp]" in capsys.readouterr().err
