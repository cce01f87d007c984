"""The regular expressions with which editors and runners read `--format concise` and `watch`; tests hold them against both."""

# File, line, column, severity, message, rule. Groups by number: GitHub and VS Code know no names. A path may hold a colon
# (`C:/shop/app.py`), so it ends where the first line and column begin.
CONCISE = r"^(.+?):(\d+):(\d+): (error|warning|note): (.*) \[([^\[\]\s]+)\]$"
GROUPS = {"file": 1, "line": 2, "column": 3, "severity": 4, "message": 5, "code": 6}

# What `watch` says before and after each round, for matchers that must know when a round is over.
BEGIN = r"^backend-audit: checking\b"
END = r"^backend-audit: checked\b"
