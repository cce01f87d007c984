"""The seed's success criteria and modes: which of them a project meets, by its signs, routes and findings. Pure."""

from backend_audit.criteria.judging import Facts, assess
from backend_audit.criteria.model import Assessment, Criterion, Section, State
from backend_audit.criteria.reading import ModesError, sections_of

__all__ = ["Assessment", "Criterion", "Facts", "ModesError", "Section", "State", "assess", "sections_of"]
