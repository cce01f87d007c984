"""Shortcuts through LibCST, which together take more than half off lowering; importing this module puts them in place.

None changes what is parsed or generated: the text that code generation gives is compared with the source for every file
(`python.lower`), and `tests/test_lower.py` and `tests/test_quicker.py` check trees and positions on all syntax.
"""

import libcst as cst

from backend_audit.lower.concrete.constructors import plain_constructors
from backend_audit.lower.concrete.tokens import token_shortcuts

cst.ConcatenatedString.__post_init__ = cst.CSTNode.__post_init__  # type: ignore[method-assign]  # bytes beside str pass the parser
# Validation is for trees that people build; the parser's are right, and LibCST itself would rather not check them.
cst.CSTNode.__post_init__ = lambda _: None  # type: ignore[method-assign, assignment]
plain_constructors()
token_shortcuts()
