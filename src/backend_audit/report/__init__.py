"""From a `Report` to what people and machines read."""

from pathlib import PurePath

from backend_audit.finding import Report
from backend_audit.report.context import Format, RenderContext, Terminal, Verdict, failing, is_incomplete, verdict
from backend_audit.report.linehash import line_hashes
from backend_audit.report.safe import encodable

__all__ = [
    "Format",
    "RenderContext",
    "Terminal",
    "Verdict",
    "failing",
    "format_of",
    "is_incomplete",
    "line_hashes",
    "render",
    "verdict",
]

_ENDINGS = {
    ".sarif": Format.SARIF,
    ".json": Format.JSON,
    ".txt": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
    ".xml": Format.JUNIT,
}


def format_of(file_name: str) -> Format | None:
    """The format that a file's ending asks for; None when it says nothing (`.sarif.json` is SARIF)."""
    name = PurePath(file_name).name.lower()
    return Format.SARIF if name.endswith(".sarif.json") else _ENDINGS.get(PurePath(name).suffix)


def render(report: Report, how: Format, context: RenderContext) -> str:
    """The report in that format, ending with a line feed unless empty; can always be encoded as UTF-8."""
    report = encodable(report)
    # Each reporter is imported when used: rich and sarif_om cost a tenth of a second each.
    match how:
        case Format.TEXT:
            from backend_audit.report.text import render_text  # noqa: PLC0415

            return render_text(report, context)
        case Format.CONCISE:
            from backend_audit.report.concise import render_concise  # noqa: PLC0415

            return render_concise(report, context)
        case Format.JSON | Format.JSON_V1:
            from backend_audit.report.json_v1 import render_json  # noqa: PLC0415

            return render_json(report, context)
        case Format.SARIF:
            from backend_audit.report.sarif import render_sarif  # noqa: PLC0415

            return render_sarif(report, context)
        case Format.MARKDOWN:
            from backend_audit.report.markdown import render_markdown  # noqa: PLC0415

            return render_markdown(report, context)
        case Format.HTML:
            from backend_audit.report.html import render_html  # noqa: PLC0415

            return render_html(report, context)
        case Format.GITHUB:
            from backend_audit.report.github import render_github  # noqa: PLC0415

            return render_github(report, context)
        case Format.GITLAB:
            from backend_audit.report.gitlab import render_gitlab  # noqa: PLC0415

            return render_gitlab(report, context)
        case Format.JUNIT:
            from backend_audit.report.junit import render_junit  # noqa: PLC0415

            return render_junit(report, context)
        case Format.RDJSON:
            from backend_audit.report.rdjson import render_rdjson  # noqa: PLC0415

            return render_rdjson(report, context)
