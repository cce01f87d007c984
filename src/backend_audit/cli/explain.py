"""`explain`: the page of a rule, or one finding at length."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from backend_audit.cli.options import Given, configuration_options, effective
from backend_audit.cli.terminal import print_safely, progress_bar, start_logging, terminal_of

if TYPE_CHECKING:
    from backend_audit.audit import ScanResult
    from backend_audit.finding import Finding

_LEAST_DIGITS = 6
_MOST_CANDIDATES = 10


def _fingerprint(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Hexadecimal digits, at least as many as tell findings apart."""
    if value is None:
        return None
    digits = value.strip().lower()
    if len(digits) < _LEAST_DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise click.BadParameter(f'"{value}" is not {_LEAST_DIGITS} or more hexadecimal digits', ctx, param)
    return digits


@click.command("explain", short_help="Print the page of a rule, or tell one finding at length.")
@click.argument("names", nargs=-1, metavar="RULE | [PATHS]...")
@click.option(
    "--finding",
    "wanted",
    callback=_fingerprint,
    metavar="FINGERPRINT",
    help="Scan PATHS (default: the current directory) as `scan` does and tell this finding: the whole way of its data, and "
    "which sanitizers and tests on it were considered. The first 6 digits do.",
)
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
@configuration_options
def explain_command(names: tuple[str, ...], *, wanted: str | None, color: str, **given: Unpack[Given]) -> None:
    """Print the page of RULE: why it matters, what fails, what passes, how to mend it."""
    if wanted is not None:
        _finding(wanted, names, color, given)
    elif len(names) == 1:
        _page(names[0], color)
    else:
        raise click.UsageError("name one rule, or a finding with --finding FINGERPRINT")


def _page(rule: str, color: str) -> None:
    from backend_audit.catalog import load  # noqa: PLC0415 - not needed for --help
    from backend_audit.report.rules import render_explanation  # noqa: PLC0415 - as above
    from backend_audit.suggest import did_you_mean  # noqa: PLC0415 - as above

    catalog = load()
    try:
        card = catalog.card(rule)
    except KeyError:
        near = did_you_mean(rule, catalog.cards) or "; `backend-audit rules` lists them"
        raise click.UsageError(f'there is no rule "{rule}"{near}') from None
    print_safely(render_explanation(card, terminal_of(color)))


def _finding(wanted: str, names: tuple[str, ...], color: str, given: Given) -> None:
    missing = next((name for name in names if not Path(name).exists()), None)
    if missing is not None:
        raise click.UsageError(f"Path '{missing}' does not exist.")
    start_logging(0)
    paths = tuple(Path(name) for name in names) or (Path(),)
    given["min_confidence"] = given["min_confidence"] or "low"  # whoever has the fingerprint has seen the finding
    config = effective(paths, given)

    from backend_audit import __version__  # noqa: PLC0415 - not needed for --help
    from backend_audit.audit import scan  # noqa: PLC0415 - as above
    from backend_audit.report.context import RenderContext  # noqa: PLC0415 - as above
    from backend_audit.report.explained import render_finding  # noqa: PLC0415 - as above

    with progress_bar(quiet=False) as progress:
        result = scan(config, paths, progress)
    context = RenderContext(catalog=result.catalog, version=__version__, terminal=terminal_of(color))
    told = [render_finding(one, context, suppressed=reason) for one, reason in _matching(wanted, result)]
    print_safely("\n".join(told))


def _matching(wanted: str, result: "ScanResult") -> "list[tuple[Finding, str | None]]":
    """The findings of the one fingerprint that begins with `wanted`, each with the reason of the comment that covers it."""
    report = result.report
    everything: list[tuple[Finding, str | None]] = [(one, None) for one in report.findings]
    everything += [(one.finding, one.reason) for one in report.suppressed]
    found = [(one, reason) for one, reason in everything if one.fingerprint().startswith(wanted)]
    prints = sorted({one.fingerprint() for one, _ in found})
    if len(prints) == 1:
        return found
    if not prints:
        left_out = f", {report.hidden_by_mode} in rules of other modes (--mode) not looked at" if report.hidden_by_mode else ""
        raise click.UsageError(
            f"no finding here has a fingerprint that begins with {wanted} ({len(everything)} findings{left_out}). "
            "Scan the same paths with the same options as the report it is from; code that was changed may have changed it."
        )
    first = {one.fingerprint(): one for one, _ in reversed(found)}
    lines = [f"  {known}  {first[known].place.path}:{first[known].place.line}  {first[known].rule}" for known in prints]
    more = [f"  and {len(lines) - _MOST_CANDIDATES} more"] if len(lines) > _MOST_CANDIDATES else []
    listed = "\n".join([*lines[:_MOST_CANDIDATES], *more])
    raise click.UsageError(f"{wanted} is the beginning of {len(prints)} fingerprints; give more digits:\n{listed}")
