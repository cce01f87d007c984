"""Concepts of the machine that a program runs on, of others that it signs in to, of sites that may call it.

As in `concepts.py`.
"""

from dataclasses import dataclass

from backend_audit.flow.concepts import Concept, Operand


@dataclass(frozen=True, slots=True)
class TempFile(Concept):
    """A temporary name that another process can take first."""

    name: Operand | None = None
    mode: Operand | None = None
    fixed: bool = False  # opens the file called `name`: bad only when that is a fixed name in a shared directory


@dataclass(frozen=True, slots=True)
class FilePermission(Concept):
    path: Operand | None = None
    mode: Operand | None = None
    kind: str = "chmod"  # chmod, umask, create


@dataclass(frozen=True, slots=True)
class HostKeyPolicy(Concept):
    """How an SSH client treats unknown host keys."""

    policy: Operand | None = None
    known_hosts: Operand | None = None  # None switches the check off
    strict: Operand | None = None  # False switches the check off
    verifier: Operand | None = None  # a function that says whether a key is right
    accepts_any: bool = False  # without `verifier` it takes every key


@dataclass(frozen=True, slots=True)
class CorsPolicy(Concept):
    origins: Operand | None = None
    origin_regex: Operand | None = None
    credentials: Operand | None = None
    default_origins: str = ""  # what applies when `origins` is not given: "*" or ""
    allow_all: Operand | None = None  # a switch that allows every origin
    reflects: Operand | None = None  # True: whichever origin asks, is allowed
    resources: Operand | None = None  # a mapping of path → {"origins": …, "supports_credentials": …}
    default_credentials: bool = False
