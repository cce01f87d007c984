"""The server: it listens to the editor, scans when it is quiet, and answers."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris
from pygls.exceptions import PyglsError
from pygls.lsp.server import LanguageServer

from backend_audit import __version__
from backend_audit.catalog import load
from backend_audit.finding import Finding, Place
from backend_audit.language_server import translate
from backend_audit.language_server.project import Found, Project

_QUIET = 0.4  # seconds without a change after which buffers are judged, where a scan takes no longer than that
_SLOW = 10.0  # seconds of a scan above which only what is saved is judged
_STACK = 256 * 1024 * 1024  # the scan's thread: code may nest deeply


@dataclass(slots=True)
class _Session:
    """What is known of one folder, and whether it is being looked at."""

    project: Project
    found: Found
    generation: int = 0
    shown: int = 0  # how often the editor was told that a scan goes on
    seconds: float = 0.0  # that a scan is likely to take: as long as the last one, but for the first, which reads every file
    published: set[str] = field(default_factory=set)
    timer: asyncio.TimerHandle | None = None
    running: asyncio.Task[None] | None = None
    dirty: bool = False
    first: asyncio.Event = field(default_factory=asyncio.Event)  # a scan has ended


class Server(LanguageServer):
    """The language server and its folders."""

    def __init__(self) -> None:
        super().__init__("backend-audit", f"v{__version__}", text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self.sessions: list[_Session] = []
        threading.stack_size(_STACK)
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scan")

    @property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics itself: then none are sent, or it would show them twice."""
        document = self.client_capabilities.text_document
        return document is not None and document.diagnostic is not None

    def open_folders(self) -> None:
        """Begin with the folders of the workspace; without any with the current one."""
        folders = [uris.to_fs_path(uri) for uri in self.workspace.folders] or [self.workspace.root_path]
        for folder in folders:
            self.sessions.append(_Session(Project(Path(folder or ".").resolve()), Found(load())))
        for session in self.sessions:
            self.soon(session, 0)

    def session_of(self, uri: str) -> tuple[_Session, str] | None:
        """The innermost folder that holds a file, and the file's path in it."""
        name = uris.to_fs_path(uri)
        if name is None:
            return None
        inside = [(one, path) for one in self.sessions if (path := one.project.path_of(Path(name).resolve())) is not None]
        return max(inside, key=lambda one: len(one[0].project.root.parts), default=None)

    def heard(self, uri: str, *, saved: bool) -> None:
        """A file was opened, changed or saved: keep what the editor has of it, and look when it is quiet."""
        found = self.session_of(uri)
        if found is None:
            return
        session, path = found
        opened = path not in session.project.buffers
        session.project.buffers[path] = self.workspace.get_text_document(uri).source.encode("utf-8", "surrogatepass")
        if saved:
            self.soon(session, 0)
        elif session.seconds < _SLOW and not (opened and session.project.is_saved(path)):
            self.soon(session, max(_QUIET, session.seconds))

    def closed(self, uri: str) -> None:
        """A file was closed: what is on disk counts again."""
        found = self.session_of(uri)
        if found is not None:
            session, path = found
            unsaved = path in session.project.buffers and not session.project.is_saved(path)
            session.project.buffers.pop(path, None)
            if unsaved:
                self.soon(session, 0)

    def soon(self, session: _Session, delay: float) -> None:
        """Scan after `delay` seconds, unless something else happens before."""
        if session.timer is not None:
            session.timer.cancel()
        session.timer = asyncio.get_running_loop().call_later(delay, partial(self._start, session))

    def _start(self, session: _Session) -> None:
        if session.running is not None and not session.running.done():
            session.dirty = True
        else:
            session.running = asyncio.get_running_loop().create_task(self._scan(session))

    async def _scan(self, session: _Session) -> None:
        loop, project = asyncio.get_running_loop(), session.project
        while True:
            session.dirty = False
            buffers, start = dict(project.buffers), time.monotonic()
            async with self._in_sight(session):
                session.found = await loop.run_in_executor(self.executor, partial(project.audit, buffers, session.found))
            took = time.monotonic() - start
            session.seconds = took if session.generation else min(took, _QUIET if project.seconds else _SLOW / 2)
            await self._answer(session)
            while session.found.has_more and not session.dirty and (project.seconds < _SLOW or project.is_saved_whole):
                settled = partial(project.audit, buffers, session.found, lambda: session.dirty)
                told = session.found
                async with self._in_sight(session):
                    session.found = await loop.run_in_executor(self.executor, settled)
                if (session.found.findings, session.found.problems) != (told.findings, told.problems):
                    await self._answer(session)
            if not session.dirty:
                await loop.run_in_executor(self.executor, project.living.rest)
            if not session.dirty:
                return

    async def _answer(self, session: _Session) -> None:
        session.generation += 1
        session.first.set()
        await self._tell(session)

    @contextlib.asynccontextmanager
    async def _in_sight(self, session: _Session) -> AsyncIterator[None]:
        """Let the editor show that a scan is going on, if it can."""
        window = self.client_capabilities.window
        session.shown += 1
        token = f"backend-audit {session.project.root} {session.shown}"
        shown = window is not None and bool(window.work_done_progress)
        if shown:
            try:
                await self.work_done_progress.create_async(token)
            except PyglsError:  # it does not want to, or is leaving
                shown = False
        if shown:
            told = f"judging {session.project.root.name}"
            self.work_done_progress.begin(token, lsp.WorkDoneProgressBegin(title="backend-audit", message=told))
        try:
            yield
        finally:
            if shown:
                self.work_done_progress.end(token, lsp.WorkDoneProgressEnd())

    async def _tell(self, session: _Session) -> None:
        if session.found.error:
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"backend-audit: {session.found.error}"))
        if self.pulls:
            workspace = self.client_capabilities.workspace
            if workspace is not None and workspace.diagnostics is not None and workspace.diagnostics.refresh_support:
                with contextlib.suppress(PyglsError):  # the client may be leaving
                    await self.workspace_diagnostic_refresh_async(None)
            return
        paths = set(session.found.paths)
        for path in sorted(paths | session.published):
            uri = self.uri(session, path)
            params = lsp.PublishDiagnosticsParams(uri, self.diagnostics(session, path))
            self.text_document_publish_diagnostics(params)
        session.published = paths

    def diagnostics(self, session: _Session, path: str) -> list[lsp.Diagnostic]:
        """What is said of a file."""
        found = session.found
        range_of, uri_of = partial(self._range, session), partial(self.uri, session)
        told = [translate.diagnostic(one, found.catalog, range_of, uri_of) for one in found.findings.get(path, ())]
        return told + [translate.trouble(one, range_of) for one in found.problems.get(path, ())]

    def uri(self, session: _Session, path: str) -> str:
        """The address of a file as the editor knows it."""
        place = str(session.project.root / path)
        return uris.from_fs_path(place) or Path(place).as_uri()

    def findings_at(self, uri: str, wanted: lsp.Range) -> list[tuple[_Session, Finding]]:
        """The findings whose place meets a range."""
        known = self.session_of(uri)
        if known is None:
            return []
        session, path = known
        found = []
        for finding in session.found.findings.get(path, ()):
            region = self._range(session, finding.place)
            if _at(region.start) <= _at(wanted.end) and _at(wanted.start) <= _at(region.end):
                found.append((session, finding))
        return found

    def _range(self, session: _Session, place: Place) -> lsp.Range:
        lines = session.project.text(place.path).splitlines(keepends=True)
        return self.workspace.position_codec.range_to_client_units(lines, translate.region(place))


def _at(position: lsp.Position) -> tuple[int, int]:
    return position.line, position.character


def make_server() -> Server:
    """The server with what it answers to."""
    server = Server()
    options = lsp.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="backend-audit")

    @server.feature(lsp.INITIALIZED)
    def begin(_: lsp.InitializedParams) -> None:
        server.open_folders()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.heard(params.text_document.uri, saved=False)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        server.heard(params.text_document.uri, saved=False)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.heard(params.text_document.uri, saved=True)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def document(params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
        known = server.session_of(params.text_document.uri)
        if known is None:
            return lsp.RelatedFullDocumentDiagnosticReport(items=[])
        session, path = known
        await session.first.wait()
        result = str(session.generation)
        if params.previous_result_id == result:
            return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=result)
        return lsp.RelatedFullDocumentDiagnosticReport(items=server.diagnostics(session, path), result_id=result)

    @server.feature(lsp.WORKSPACE_DIAGNOSTIC)
    async def everything(_: lsp.WorkspaceDiagnosticParams) -> lsp.WorkspaceDiagnosticReport:
        items: list[lsp.WorkspaceDocumentDiagnosticReport] = []
        for session in server.sessions:
            await session.first.wait()
            paths = set(session.found.paths)
            for path in sorted(paths | session.published):
                told = server.diagnostics(session, path)
                items.append(lsp.WorkspaceFullDocumentDiagnosticReport(uri=server.uri(session, path), items=told))
            session.published = paths
        return lsp.WorkspaceDiagnosticReport(items=items)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        wanted = lsp.Range(params.position, params.position)
        found = server.findings_at(params.text_document.uri, wanted)
        if not found:
            return None
        text = "\n\n---\n\n".join(translate.hover(finding, session.found.catalog) for session, finding in found)
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text))

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]))
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return _ignoring(server, params)

    return server


def _ignoring(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """For each finding there the comment that ignores it; the reason is for the user to write behind it."""
    only, uri = params.context.only, params.text_document.uri
    if only and not any(lsp.CodeActionKind.QuickFix.startswith(kind) for kind in only):
        return []
    found = []
    for session, finding in server.findings_at(uri, params.range):
        edit = translate.ignoring(finding, session.project.text(finding.place.path))
        if edit is not None:
            told = [one for one in params.context.diagnostics if one.source == translate.SOURCE and one.code == finding.rule]
            action = lsp.CodeAction(
                title=f"Ignore {finding.rule} here (write the reason)",
                kind=lsp.CodeActionKind.QuickFix,
                diagnostics=told or None,
                edit=lsp.WorkspaceEdit(changes={uri: [edit]}),
            )
            found.append(action)
    return found


def serve() -> None:
    """Serve one editor on stdin and stdout until it leaves."""
    make_server().start_io()
