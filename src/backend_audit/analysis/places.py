"""Where what was found in the project stands: marks of any file to places, routes to the records that are shown."""

from collections.abc import Callable, Iterable

from backend_audit import ir
from backend_audit.analysis.placing import Placer
from backend_audit.checks import Alert
from backend_audit.finding import Finding, Place, Step
from backend_audit.inventory import GuardRecord, RouteRecord
from backend_audit.routes.model import Guard, Route
from backend_audit.routes.undescribed import answers_with_data
from backend_audit.source import LineIndex, Mark

Hidden = tuple[tuple[int, int], ...]
TextOf = Callable[[str], tuple[str, Hidden]]


def record(route: Route, places: "Places") -> RouteRecord:
    def guards(found: tuple[Guard, ...]) -> tuple[GuardRecord, ...]:
        return tuple(
            GuardRecord(
                one.name,
                tuple(sorted(one.does)),
                one.via,
                one.because,
                None if one.mark is None else places.place(one.mark),
                one.scopes,
            )
            for one in found
        )

    return RouteRecord(
        methods=route.methods,
        path=route.path,
        kind=route.kind,
        framework=route.framework,
        handler=route.name,
        place=places.place(route.mark),
        registered=places.place(route.registered),
        auth=route.auth,
        verdict=route.verdict,
        why=route.why,
        guards=guards(route.guards),
        unapplied=guards(route.unapplied),
        body_validated=route.body.validated,
        body_schema=route.body.schema,
        response_schema=route.response_schema if route.response_schema or answers_with_data(route) else None,
    )


class Places:
    """Placers by path, made when a file has something to place."""

    def __init__(self, modules: Iterable[ir.Module], text_of: TextOf) -> None:
        self._modules = {module.path: module for module in modules}
        self._text_of = text_of
        self._placers: dict[str, Placer] = {}

    def placer(self, path: str) -> Placer:
        if path not in self._placers:
            module = self._modules.get(path)
            text, hidden = self._text_of(path)
            lines = LineIndex.of(text) if module is None else LineIndex(module.line_starts)
            self._placers[path] = Placer(path, text, lines, module, hidden)
        return self._placers[path]

    def finding(self, path: str, rule: str, alert: Alert) -> Finding:
        return self.placer(path).finding(rule, alert, self.step)

    def place(self, mark: Mark) -> Place:
        return self.placer(mark.path).place(mark.at, mark.end)

    def step(self, mark: Mark) -> Step:
        return self.placer(mark.path).step(mark)
