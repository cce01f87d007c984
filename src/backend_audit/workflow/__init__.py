"""What a run of a GitHub workflow gives and takes: inputs, the event, the base to compare with, outputs."""

from backend_audit.workflow.base import Found, credentials, find_base
from backend_audit.workflow.event import Event, EventError
from backend_audit.workflow.inputs import Inputs, InputsError
from backend_audit.workflow.outputs import output_lines

__all__ = ["Event", "EventError", "Found", "Inputs", "InputsError", "credentials", "find_base", "output_lines"]
