"""The one Semgrep process of a scan: YAML rules, ours and the user's, to findings.

`rules.py` reads rule files, `targets.py` says which rule looks at which file, `run.py` starts the process, `results.py` reads
its answer, `stage.py` is all of it. A scan in which no rule applies to any file starts no process.

Measured (Semgrep 1.182.0, 2 cores) with 13 rules of every kind (search, taint, regex, generic, comparison, path filters,
autofix) over Python, JavaScript, TypeScript, YAML, JSON, Dockerfile and Bash: `semgrep scan --experimental` and plain
`semgrep scan` gave the same results, errors and scanned files on five applications (lnbits, Damn-Vulnerable-RESTaurant, redash,
mealie, plane: 7,624 files, 7,297 results). The start costs 0.15 s against 3.5 s of processor time. A rule with a wrong or
missing key costs plain Semgrep the whole run, `--experimental` only that rule. So `--experimental` it is, and plain when that
fails.

What else was found out: columns and offsets count bytes; rule ids get the path of the configuration as prefix unless it lies in
the working directory; without an empty `.semgrepignore` at the root Semgrep passes over tests, build and vendored directories on
its own; each binding of a metavariable is a result of its own; `--version` tries the network for 100 s unless told not to.
"""

from backend_audit.semgrep.results import Outcome
from backend_audit.semgrep.rules import SemgrepRule, UserRules, own_rules, user_rules
from backend_audit.semgrep.stage import Options, scan
from backend_audit.semgrep.targets import applicable

__all__ = ["Options", "Outcome", "SemgrepRule", "UserRules", "applicable", "own_rules", "scan", "user_rules"]
