"""The words of a finding: what stands in this code, and how to mend it. No text here ever holds a secret."""

from backend_audit.secrets.candidate import Candidate, How
from backend_audit.secrets.judge import Verdict
from backend_audit.secrets.names import Kind
from backend_audit.secrets.redact import safe_name, shown
from backend_audit.source import Language

_NOUNS = {
    Kind.PASSWORD: "password",
    Kind.SECRET_KEY: "secret key",
    Kind.TOKEN: "token or API key",
    Kind.HEADER: "credential",
}
_VARIABLES = {
    Kind.PASSWORD: "PASSWORD",
    Kind.SECRET_KEY: "SECRET_KEY",
    Kind.TOKEN: "API_TOKEN",
    Kind.HEADER: "API_TOKEN",
}
_VERBS = {
    How.ASSIGNED: "is set to",
    How.KEYED: "is set to",
    How.PASSED: "is passed as",
    How.DEFAULTED: "defaults to",
    How.COMPARED: "is compared with",
    How.RETURNED: "returns",
    How.PROSE: "is shown with",
}
_READ = {
    Language.PYTHON: 'os.environ["{}"]',
    Language.JAVASCRIPT: "process.env.{}",
    Language.TYPESCRIPT: "process.env.{}",
}


def message(verdict: Verdict, candidate: Candidate, leading: int = 0) -> str:
    """What is wrong in this code, with its names; the value only as far as it reveals nothing."""
    value = shown(candidate.value, leading)
    name = safe_name(candidate.name, (candidate.value,)) if candidate.name else ""
    match verdict.rule:
        case "provider-key-in-code":
            return f"{_article(verdict.what)} {verdict.what} {value} stands in this file; whoever can read the file can use it."
        case "private-key-in-code":
            return f"A private key ({verdict.what}) stands in this file; whoever can read the file can sign and decrypt with it."
        case "password-in-connection-string":
            return f"The {verdict.what} holds the password {value}; whoever can read the file can connect."
        case "secret-fallback-value":
            return _fallback(verdict, candidate, value)
        case _:
            return _named(verdict, candidate, name, value)


def _article(word: str) -> str:
    return "An" if word[:1] in "AEIOaeiou" else "A"


def _fallback(verdict: Verdict, candidate: Candidate, value: str) -> str:
    source = safe_name(candidate.source or candidate.name, (candidate.value,))
    noun = f"{verdict.what} of password" if verdict.what else _NOUNS[verdict.kind]
    return f"Without `{source}` the program runs on with the {noun} {value}, which everybody who has the code knows."


def _named(verdict: Verdict, candidate: Candidate, name: str, value: str) -> str:
    if verdict.what:
        return f"The {verdict.what} carries the credential {value} in clear; whoever can read the file can use it."
    noun = _NOUNS[verdict.kind]
    callee = safe_name(candidate.callee, (candidate.value,)) if candidate.callee else ""
    if candidate.how is How.ARGUMENT:
        return f"`{callee}()` gets its {noun} as the literal {value}."
    if candidate.how is How.PASSED and callee:
        return f"`{callee}()` gets `{name}` as the literal {value}: a hardcoded {noun}."
    return f"`{name}` {_VERBS.get(candidate.how, 'is set to')} the literal {value}: a hardcoded {noun}."


def fix(verdict: Verdict, candidate: Candidate, language: Language) -> str:
    """How to mend this code."""
    variable = _variable(verdict, candidate)
    read = _READ.get(language)
    if verdict.rule == "secret-fallback-value":
        wanted = f"`{read.format(variable)}` without a default" if read else f"`${{{variable}:?}}`"
        return (
            f"Fail at start when `{variable}` is missing: read {wanted}, and put a development value into a local, ignored file."
        )
    where = f"Read it at run time (`{read.format(variable)}`, or a secret store)" if read else (
        "Leave it out of the repository: take it from the environment or a secret store at deployment"
    )  # fmt: skip
    if verdict.rule == "private-key-in-code":
        return f"{where}, and replace the key pair: the old one stays in the history."
    if verdict.kind is Kind.PASSWORD:
        return f"{where}, and change it wherever it is valid: the old one stays in the history."
    return f"{where}, and replace it at its issuer: the old one stays in the history."


def _variable(verdict: Verdict, candidate: Candidate) -> str:
    """A name for the environment variable: the one in the code if there is one."""
    name = candidate.source or candidate.name
    plain = "".join(c if c.isalnum() else "_" for c in name).strip("_")
    if not plain or candidate.value in name or len(plain) > 40:
        return "CONNECTION_URL" if verdict.rule == "password-in-connection-string" else _VARIABLES[verdict.kind]
    snake = "".join(f"_{c}" if c.isupper() and plain[i - 1 : i].islower() else c for i, c in enumerate(plain))
    return snake.upper()
