"""Debug mode switched on in code that can reach production: consoles, source code and settings for every visitor."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import (
    development_file,
    development_name,
    only_in_development,
    only_statements,
    path_to,
    script_file,
    settings_module,
    under_main,
)
from backend_audit.checks._operands import may_be_true, named, shown, truth
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import AppCreation, Operand, ServerRun, Setting, Site
from backend_audit.flow.written import last_word

RULE = "debug-mode-on"

_EFFECT = {
    "application": "every unhandled error then shows an interactive debugger that runs code for whoever sees it",
    "creation": "every unhandled error then answers with the traceback and the source lines around it",
    "django": "every unhandled error then answers with the traceback, local variables and settings",
}

_SHOWS = {
    "stack": "answers every error with its stack, and with that the paths and versions of the code",
    "environment": "Express then answers every error with its stack",
    "explorer": "serves a page on which every visitor can try queries",
    "schema": "tells every caller the whole schema, also what no page of yours uses",
    "inspector": "opens a debugger: whoever reaches its port runs code in this process",
}


@check(RULE)
def server_started_in_debug_mode(run: ServerRun) -> Iterator[Alert]:
    """`app.run(debug=True)`."""
    confidence = _confidence(run.debug, run.site)
    if run.debug is None or confidence is None:
        return
    by_hand = under_main(run.site) or only_statements(run.site)
    if confidence is Confidence.HIGH and by_hand and _only_here(run.host):
        confidence = Confidence.LOW  # no container is reached there
    elif confidence is Confidence.HIGH and under_main(run.site):
        confidence = Confidence.MEDIUM  # meant for the developer's machine, and yet often what the container starts
    yield Alert(
        node=run.debug.node or run.site.node,
        message=f"`{named(run.site)}` starts with debug mode on ({_how(run.debug)}): {_EFFECT['application']}.",
        fix="Take it from the environment, off by default: `debug=os.environ.get('APP_DEBUG') == '1'`; in production start the "
        "application with a WSGI or ASGI server instead.",
        confidence=confidence,
    )


@check(RULE)
def application_made_in_debug_mode(app: AppCreation) -> Iterator[Alert]:
    """`FastAPI(debug=True)`, `DebuggedApplication(app)`."""
    if app.kind:
        yield from _of_node(app)
    elif app.always_debug:
        if only_in_development(app.site) or development_file(app.site.path):
            return
        yield Alert(
            node=app.site.node,
            message=f"`{named(app.site)}` puts an interactive debugger around the application: {_EFFECT['application']}.",
            fix="Wrap the application only on a developer's machine, never in the module that production loads.",
            confidence=Confidence.MEDIUM,
        )
    elif app.debug is not None and (confidence := _confidence(app.debug, app.site)) is not None:
        yield Alert(
            node=app.debug.node or app.site.node,
            message=f"`{named(app.site)}` is made with debug mode on ({_how(app.debug)}): {_EFFECT['creation']}.",
            fix="Leave `debug` out, or take it from the settings, off by default.",
            confidence=confidence,
        )


def _of_node(app: AppCreation) -> Iterator[Alert]:
    """`app.use(errorHandler())`, `new ApolloServer({ includeStacktraceInErrorResponses: true })`."""
    site = app.site
    switched = app.debug is not None and _confidence(app.debug, site) is Confidence.HIGH
    if not (switched or app.always_debug) or _for_developers(site):
        return
    yield Alert(
        node=site.callee if app.debug is None else app.debug.node or site.callee,
        message=f"`{named(site)}` {_SHOWS[app.kind]}.",
        fix="Do it only where `process.env.NODE_ENV` is not `production`, or on a switch from the environment that is off by "
        "default.",
        confidence=Confidence.LOW if app.kind in ("explorer", "schema") else Confidence.MEDIUM,
    )


def _for_developers(site: Site) -> bool:
    """Also `app.configure("development", () => …)`."""
    configured = (one for one in path_to(site) if isinstance(one, ir.Call) and last_word(one.func) == "configure" and one.args)
    firsts = [one.args[0].value for one in configured]
    named_so = any(isinstance(one, ir.Const) and isinstance(one.value, str) and development_name(one.value) for one in firsts)
    return named_so or only_in_development(site) or development_file(site.path) or script_file(site.path)


@check(RULE)
def environment_is_development(setting: Setting) -> Iterator[Alert]:
    """`app.set("env", "development")`, `process.env.NODE_ENV = "development"`."""
    keys = {setting.name, *(setting.key.value.texts() if setting.key is not None else ())}
    value = None if setting.value is None else setting.value.value
    if (
        setting.framework != "express"
        or keys.isdisjoint(("env", "NODE_ENV"))
        or value is None
        or not value.is_just("development")
    ):
        return
    if not _for_developers(setting.site):
        yield Alert(
            node=setting.site.node,
            message=f"`{named(setting.site)}` says that this is development: {_SHOWS['environment']}.",
            fix="Leave it to the environment: `NODE_ENV=production` where the service runs.",
            confidence=Confidence.MEDIUM,
        )


@check(RULE)
def setting_switches_debug_on(setting: Setting) -> Iterator[Alert]:
    """`DEBUG = True` in a settings module, `app.debug = True`, `app.config["DEBUG"] = True`."""
    names = {setting.name, *(setting.key.value.texts() if setting.key is not None else ())}
    if names.isdisjoint(("DEBUG", "debug", "TEMPLATE_DEBUG", "PROPAGATE_EXCEPTIONS", "USE_DEBUGGER")) or setting.value is None:
        return
    if names == {"PROPAGATE_EXCEPTIONS"} or development_name(setting.site.symbol):
        return
    confidence = _confidence(setting.value, setting.site)
    if confidence is None:
        return
    django = setting.framework == "module" and settings_module(setting.site)
    if confidence is Confidence.HIGH and setting.framework in ("module", "class"):
        confidence = Confidence.MEDIUM if django else Confidence.LOW
    if confidence is Confidence.HIGH and under_main(setting.site):
        confidence = Confidence.MEDIUM
    name = min(names - {""})
    effect = _EFFECT["django" if django else "creation"]
    yield Alert(
        node=setting.value.node or setting.site.node,
        message=f"`{name}` is {_how(setting.value)} here: {effect}.",
        fix=f"Read it from the environment, off by default: `{name} = os.environ.get('{name}') == '1'`, "
        "or set it only in the settings of the development environment.",
        confidence=confidence,
    )


def _only_here(host: Operand | None) -> bool:
    """Whether the address is one that only the same machine reaches, and the code says so."""
    texts = () if host is None or host.value.constants() is None else host.value.texts()
    return bool(texts) and all(one in ("127.0.0.1", "localhost", "::1") for one in texts)


def _how(operand: Operand) -> str:
    text = shown(operand)
    return "`True`" if text in ("…", "") else f"`{text}`"


def _confidence(debug: Operand | None, site: Site) -> Confidence | None:
    """How sure it is that debug mode is on, None when it is not."""
    if debug is None or only_in_development(site) or development_file(site.path):
        return None
    known = truth(debug)
    if known is not None:
        return Confidence.HIGH if known and not debug.value.kind else None
    return Confidence.LOW if may_be_true(debug) and not debug.value.may_be(False) else None
