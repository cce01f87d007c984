"""A look at the raw text that decides, cheaply, whether anything in a file can be a secret with a name."""

import re

# A credential's word, then at most a bit of syntax, then a quote: an assignment, key, default, comparison or fallback.
_NAMED = re.compile(
    r"""(?:pass|pwd|secret|token|key|auth|cred|jwt|bearer|pepper|verifier|cipher|hmac|crypt|login|sign|verify|cookieparser|
           serializer|fernet|session)
        [\w\]'")?.!]{0,60}\s*(?::\s*[\w<>|\[\] ]{1,60}=|[:=]=?=?|!==?|=>|\|\||\?\?|,|\()\s*[\w.(){\[\s?:]{0,60}['"`]""",
    re.VERBOSE,
)
_REVERSED = re.compile(r"""['"`]\s*[!=]==?\s*[\w.\[\]'"]*(?:pass|secret|token)""")
_JWK = re.compile(r"""['"]?kty['"]?\s*:""")


def may_name_secrets(text: str) -> bool:
    """Whether parsing `text` (JavaScript or TypeScript) can yield a candidate."""
    lower = text.lower()  # a pattern that minds case is three times as fast
    return _NAMED.search(lower) is not None or _JWK.search(lower) is not None or _REVERSED.search(lower) is not None
