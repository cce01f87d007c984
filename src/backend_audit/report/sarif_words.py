"""What SARIF's notifications are about, by kind of problem."""

from backend_audit.finding import ProblemKind

TOO_MANY = "too-many"
KINDS: dict[str, str] = {
    ProblemKind.UNREADABLE: "A file could not be read.",
    ProblemKind.DECODING: "A file is not in the encoding that it claims.",
    ProblemKind.SYNTAX: "A file could not be parsed.",
    ProblemKind.TOO_LARGE: "A file is larger than the limit.",
    ProblemKind.TOO_DEEP: "A file is nested too deeply to be analysed.",
    ProblemKind.TIMEOUT: "An analysis took longer than its limit.",
    ProblemKind.CRASH: "An analysis failed by a fault of backend-audit.",
    ProblemKind.SEMGREP: "Semgrep is missing, or could not analyse something.",
    ProblemKind.CACHE: "The cache could not be used.",
    ProblemKind.RULES: "A rule could not be used.",
    TOO_MANY: "There are more results than a run can hold.",
}
