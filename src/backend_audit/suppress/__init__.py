"""Ignore comments: `# backend-audit: ignore[rule-id] reason until=2027-01-31`, and its block and file forms.

* `ignore[…]` behind code covers findings on its line; alone on a line it covers the next line of code.
* `ignore-start[…]` and `ignore-end[…]`, each alone on a line, cover the lines between them.
* `ignore-file[…]`, alone on a line before the first line of code, covers the file.

A comment covers the rules that it names and no other. What is unused or malformed becomes a finding itself.
"""

from backend_audit.suppress.apply import MALFORMED, UNUSED, Outcome, Rules, apply
from backend_audit.suppress.read import Directive, Span, Suppressions, from_module, from_text

__all__ = ["MALFORMED", "UNUSED", "Directive", "Outcome", "Rules", "Span", "Suppressions", "apply", "from_module", "from_text"]
