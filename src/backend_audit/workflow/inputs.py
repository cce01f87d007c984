"""The inputs of the action, which reach it as `INPUT_*` variables."""

from collections.abc import Mapping
from dataclasses import dataclass

_SWITCHES = {"true": True, "false": False, "": None}
_CHOICES = {
    "mode": ("", "default", "advanced", "elite"),
    "fail-on": ("", "critical", "high", "medium", "low", "never"),
    "min-confidence": ("", "high", "medium", "low"),
}


class InputsError(ValueError):
    """An input that means nothing; the text says which, and what it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the workflow asks for. Empty texts: not said. `diff` is "auto", "off" or a branch or commit."""

    paths: tuple[str, ...] = (".",)
    config: str = ""
    mode: str = ""
    fail_on: str = ""
    min_confidence: str = ""
    diff: str = "auto"
    upload_sarif: bool = False
    category: str = ""
    comment: bool = False
    summary: bool = True
    token: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Inputs":
        """The inputs in `environment`."""

        def said(name: str) -> str:
            return environment.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()

        for name, choices in _CHOICES.items():
            if said(name) not in choices:
                raise InputsError(f'{name} must be one of {", ".join(choices[1:])}, not "{said(name)}"')
        paths = tuple(line.strip() for line in said("path").splitlines() if line.strip())
        return cls(
            paths=paths or (".",),
            config=said("config"),
            mode=said("mode"),
            fail_on=said("fail-on"),
            min_confidence=said("min-confidence"),
            diff=said("diff") or "auto",
            upload_sarif=_switch("upload-sarif", said("upload-sarif"), default=False),
            category=said("category"),
            comment=_switch("comment", said("comment"), default=False),
            summary=_switch("summary", said("summary"), default=True),
            token=said("token"),
        )

    def overrides(self) -> dict[str, object]:
        """The keys of the configuration that inputs set."""
        given = {"mode": self.mode, "fail-on": self.fail_on, "min-confidence": self.min_confidence}
        return {key: value for key, value in given.items() if value}


def _switch(name: str, text: str, *, default: bool) -> bool:
    if text.lower() not in _SWITCHES:
        raise InputsError(f'{name} must be true or false, not "{text}"')
    value = _SWITCHES[text.lower()]
    return default if value is None else value
