"""Signs in a project's code, gathered in a process of its own while this one follows values.

A pure function of the lowered modules: its engine runs no more than their top levels, which tell what names mean.
"""

from collections.abc import Callable, Sequence

import msgspec

from backend_audit import ir
from backend_audit.analysis.file import ENCODER, MODULE
from backend_audit.catalog import rules_root
from backend_audit.flow.engine import Engine
from backend_audit.flow.model_files import models_of
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.link.project import Project
from backend_audit.link.script_project import ScriptProject
from backend_audit.lower.limits import no_collection, unlimited_depth
from backend_audit.signs.code import in_code
from backend_audit.signs.rows import rows_of
from backend_audit.signs.spotted import Spotted
from backend_audit.source import Language

SCRIPTS = frozenset((Language.JAVASCRIPT, Language.TYPESCRIPT))
_DEEP = 60_000


class SpottingJob(msgspec.Struct, frozen=True):
    """The encoded modules of a project; the rest as in `project.Known`."""

    modules: Sequence[bytes]
    manifests: dict[str, str]
    name: str


class InCode(msgspec.Struct, frozen=True):
    """The signs in the code of each language."""

    python: list[Spotted]
    scripts: list[Spotted]


_JOB = msgspec.msgpack.Decoder(SpottingJob)
IN_CODE = msgspec.msgpack.Decoder(InCode)
Asked = Callable[[], InCode]


@unlimited_depth(_DEEP)
@no_collection()
def spotted(request: bytes) -> bytes:
    """An encoded `SpottingJob` to an encoded `InCode`."""
    job = _JOB.decode(request)
    modules = [MODULE.decode(one) for one in job.modules]
    return ENCODER.encode(InCode(_python(modules, job), _scripts(modules, job)))


def _python(modules: Sequence[ir.Module], job: SpottingJob) -> list[Spotted]:
    own = (module for module in modules if module.language not in SCRIPTS)
    return list(in_code(Engine(Project(own, job.name), models_of(rules_root())), rows_of(rules_root())))


def _scripts(modules: Sequence[ir.Module], job: SpottingJob) -> list[Spotted]:
    own = [module for module in modules if module.language in SCRIPTS]
    if not own:
        return []
    project = ScriptProject(own, job.manifests, job.name)
    return list(in_code(ScriptEngine(project, models_of(rules_root(), "node")), rows_of(rules_root())))
