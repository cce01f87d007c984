"""Values that stand where a secret belongs and are none: to be filled in, filled in by a machine, or plainly made up."""

import re
from enum import Enum
from functools import lru_cache

from backend_audit.secrets.values import vocabulary, words


class Filler(Enum):
    """How a value shows that it is no secret, from certain to doubtful."""

    NONE = 0
    DUMMY = 1  # test, secret, xxxx, 123456: nobody's secret, yet a program that runs with it has a known key
    INSTRUCTION = 2  # change-me, your-key-here, <token>: says that it is to be replaced
    REFERENCE = 3  # ${VAR}, {{ value }}, %s, env(X): something puts a value there


_REFERENCE = re.compile(
    r"""\$\{?[A-Za-z_][\w.:?!-]*\}?[^$]* | %\(\w+\)[sdr] | %[sdr] | \{[\w.!:\[\]]*\} | @[\w.]+@ | __[A-Z0-9_]+__
      | :[a-z_]+ | \$\d+ | (?:process\.)?env[.\[(].* | os\.(?:environ|getenv).* | !(?:vault|secret|ref|sub|env|getatt)\b.*
      | (?:vault|ssm|secretsmanager|aws-sm|op|doppler|gcp-sm|sm|secret|env|file|ref|arn|keyvault|infisical|keychain)
        (?:://|:).*
      | enc\[.* | \{cipher\}.* | ansible_.* | lookup\(.* | var\..* | (?:data|local|module)\.[\w.]+ | secrets?\.[\w.]+
      | \[[\w\s.-]*\] | <[^<>]*> | \(\(.*\)\) | \.\.\. | …+ | \$\$\w+\$\$ | \$ANSIBLE_VAULT.*
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# A hole anywhere in a value: something is put there.
_HOLE = re.compile(r"\$\{[^}]*\}|\$\([^)]*(?:\)|$)|\{\{|\{%|<%|#\{|%[A-Z_]{3,}%|\{[a-z_][\w.]*\}|\bos\.environ\b", re.IGNORECASE)
_INSTRUCTION = re.compile(
    r"""change[\s_.-]?(?:me|this|it|in|before|on|my|your|the|for) | (?:^|[\s_.-])(?:to[\s_-]be[\s_-])?changed?(?:$|[\s_.-])
      | ^your[\s_.-] | (?:^|[\s_.<\[(=:-])your[\s_.-]
      | ^your[a-z]*(?:key|token|secret|password|pass|api)s?(?:[\s_.-]?(?:here|goes.*))?$
      | (?:^|[\s_.-])(?:my|the|some|an?)[\s_.-](?:own[\s_.-])?(?:super[\s_.-])?(?:secret|api|access|auth|token|key|password|pass)
        (?:[\s_.-]?(?:key|token|secret|word|password))*(?:[\s_.-]?here)?$
      | replace[\s_.-]?(?:me|this|with|by|it)? | (?:insert|put|enter|paste|add|fill|set|type|provide|use)[\s_.-]
        (?:your|my|the|a|an|it|in|here|this|me|some|secret|token|key|api|real|strong|long|random|value)
      | placeholder | redacted | (?:^|[\s_.-])here$ | (?:^|\W)to-?do(?:$|\W) | fixme | ^<.*>$
      | not[\s_.-]?(?:a|the|an)?[\s_.-]?(?:real|valid|used|set|secret|safe|secure)
      | (?:goes|comes)[\s_.-]here | \bchangeit\b | ^change$ | ^(?:required|optional|omitted|hidden|removed|none|null|nil
      |undefined|unset|unknown|default|empty|auto|generated|masked|private|disabled|n/?a)$ | ^\.{2,} | \.{3}$ | …
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DUMMY_WORDS = vocabulary(
    "test tests testing tester example examples sample dummy fake mock foo bar baz qux foobar foobaz demo dev "
    "develop development local localhost secret secrets password passwords passwd pass pwd passphrase token "
    "tokens key keys api apikey access auth client user username admin value string some any my the a an of super "
    "very top is this random default temp tmp unsafe insecure invalid valid wrong right good bad old new current "
    "another other first second one two three app application session jwt cookie sign signing signature signed "
    "private public secretkey mysecret abc xyz abcd abcdef asdf qwerty hello world blah something anything "
    "whatever thing here only for in use usage prod production stage staging xxx xxxx xx x stub noop empty blank "
    "bogus id name your hash credential credentials basic bearer oauth oauth2 consumer refresh flask django "
    "fastapi express unit e2e integration ci build please change me it with to long at least"
)
_AS_LETTERS = str.maketrans("013457", "oieast")
_SAID_IN_DIGITS = re.compile(
    r"(?:long|some|your|my)[a-z]*(?:random|secret)[a-z]*(?:string|key|word|phrase)|change[_-]?me", re.IGNORECASE
)
_REPEATED = re.compile(r"(.{1,2})\1{2,}[\w.-]{0,2}|[xX*.\-_#•0]{3,}", re.DOTALL)
_MASKED = re.compile(r"[xX*•]{4,}")
_SEQUENCE = ("0123456789012345678901234567890123456789", "abcdefghijklmnopqrstuvwxyz", "9876543210", "qwertyuiop", "asdfghjkl")
_SAMPLES = re.compile(
    r"(?:^|[^A-Za-z])(?:example|sample|dummy|fake|mock)(?:[^A-Za-z]|$)"
    r"|example|sample|DoNotUse|deadbeef|0123456789|1234567890|abcdefgh",
    re.IGNORECASE,
)


def _sequence(value: str) -> bool:
    text = value.lower()
    if len(text) >= 3 and any(text in line for line in _SEQUENCE):
        return True
    runs = re.findall(r"[a-z]+|[0-9]+", text)
    long_enough = [run for run in runs if len(run) >= 3]
    return bool(long_enough) and all(any(run in line for line in _SEQUENCE) for run in runs)


@lru_cache(maxsize=4096)
def filler(value: str) -> Filler:
    """What kind of stand-in `value` is."""
    text = value.strip()
    if not text or _REFERENCE.fullmatch(text) or _HOLE.search(text):
        return Filler.REFERENCE
    if len(text) <= 120 and _INSTRUCTION.search(text):
        return Filler.INSTRUCTION
    if _REPEATED.fullmatch(text) or _MASKED.search(text) or _sequence(text):
        return Filler.DUMMY
    said = [word for word in words(text) if not word.isdigit()]
    if any(map(str.isdigit, text)) and _SAID_IN_DIGITS.search(text.translate(_AS_LETTERS)):
        return Filler.INSTRUCTION
    if said and all(word in _DUMMY_WORDS for word in said):
        return Filler.DUMMY
    if _SAMPLES.search(text):
        return Filler.DUMMY
    return Filler.NONE
