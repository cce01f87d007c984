"""Concepts: what code does, whatever library it does it with. Models and frameworks produce them, checks consume them.

A concept's fields are its roles. `Operand | None` fields are arguments (None: not given); `str` and `bool` fields are
constants that the model row states. `site` says where. A role's meaning stands beside it.
"""

from dataclasses import dataclass
from typing import ClassVar

import msgspec

from backend_audit import ir
from backend_audit.flow.moments import Moment
from backend_audit.flow.values import Value


class Operand(msgspec.Struct, frozen=True):
    """An argument: what it may be, and the expression that stands in the code (None for a default or a `**kwargs` entry)."""

    value: Value
    node: ir.Expr | None


class Site(msgspec.Struct, frozen=True):
    """Where a concept occurs: the module's path, the node to point at, the callee as an API path and as written."""

    path: str
    node: ir.Node
    api: str
    written: str
    symbol: str  # enclosing function or class, dotted; "" at module level
    call: ir.Call | None = None
    args: tuple[tuple[str, Operand], ...] = ()  # every argument: ("0", …), ("name", …), ("*", …), ("**", …)
    function: ir.Function | None = None  # the innermost function around `node`
    module: ir.Module | None = None  # the file it stands in; checks read it to see what a value is used for
    inner: "Site | None" = None  # where it happens, when this is a call that hands the whole text on to there
    moment: Moment | None = None  # of a timed concept

    def arg(self, name: str) -> Operand | None:
        """The argument called `name` (or at the position written as a number), if given."""
        return next((operand for key, operand in self.args if key == name), None)

    @property
    def callee(self) -> ir.Node:
        """What is called, which is the narrowest place to point at; the node itself where this is no call."""
        return self.node if self.call is None else self.call.func

    def moved(self, path: str, node: ir.Node, module: ir.Module) -> "Site":
        """The site, at another node and in that node's module."""
        return msgspec.structs.replace(self, path=path, node=node, module=module)


@dataclass(frozen=True, slots=True)
class Concept:
    """`handed` names the role whose text, once it is handed over whole by a caller, makes the caller the place to mend."""

    handed: ClassVar[str] = ""
    tracked: ClassVar[bool] = False  # the call that it occurs in makes an object told apart by that call
    forwarded: ClassVar[bool] = False  # its arguments are looked for in the `**kwargs` that a function hands on
    timed: ClassVar[bool] = False  # when it happens matters
    costs: ClassVar[bool] = False  # it says what a call costs, and not what it does
    asked: ClassVar[bool] = False  # checks ask which parameters of a function that nobody calls are in it
    itself: ClassVar[bool] = False  # of callers' data only what they hand over counts, not what is computed of it
    site: Site


@dataclass(frozen=True, slots=True)
class SqlExecution(Concept):
    """A statement, or a fragment of one, reaches a database or a query builder as SQL text."""

    handed: ClassVar[str] = "statement"
    statement: Operand | None = None
    parameters: Operand | None = None
    marker: str = ""  # the driver's placeholder: "?", "%s", "$1", ":name"
    fragment: bool = False  # a piece such as an ORDER BY string, not a whole statement
    named: bool = False  # the text may as well be the name of a column, which the callee quotes
    guess: bool = False  # nothing is known about the receiver: only a statement that reads like SQL counts
    language: str = "SQL"  # another one in which texts ask for data: GraphQL


@dataclass(frozen=True, slots=True)
class LogRecord(Concept):
    """Data is written where people and machines keep it: a log, standard output, an error tracker."""

    handed: ClassVar[str] = "message"
    message: Operand | None = None
    values: Operand | None = None  # what is put into the message where it is written: `logger.info("user %s", name)`
    sink: str = "log"  # log, print, console, tracker, json (a line break cannot end an entry)


@dataclass(frozen=True, slots=True)
class LogRedaction(Concept):
    """A logger is told which fields of its records it hides: `pino({ redact: ["password", "*.token"] })`."""

    paths: Operand | None = None


@dataclass(frozen=True, slots=True)
class FileWrite(Concept):
    """Data is written to a file."""

    data: Operand | None = None


@dataclass(frozen=True, slots=True)
class OutgoingRequest(Concept):
    """An HTTP (or other network) request leaves the process."""

    timed: ClassVar[bool] = True
    url: Operand | None = None
    host: Operand | None = None  # where host and path are given apart
    base: Operand | None = None  # the address that `url` is relative to
    option: Operand | None = None  # what `url` is, where one function sets many things: an address if its name says URL
    browser: bool = False  # a browser opens it: `javascript:` and `file:` matter as well
    verify: Operand | None = None  # TLS verification: False or CERT_NONE switches it off
    insecure: Operand | None = None  # the opposite: True switches verification off
    timeout: Operand | None = None
    waits_forever: bool = False  # without a time-out the library waits without end
    patience: str = ""  # how long it waits by itself, in words, where that is longer than anybody who asks
    client: Operand | None = None  # whose request it is: an instance has defaults of its own
    agent: Operand | None = None  # what opens its connections
    body: str = ""  # which argument is sent, as a role's spec: it is read back, and no value of the flow


@dataclass(frozen=True, slots=True)
class HttpClient(Concept):
    """A client object with defaults for its requests (session, connection pool)."""

    verify: Operand | None = None
    insecure: Operand | None = None  # the opposite: True switches verification off
    none_is_off: bool = False  # `verify=None` switches verification off as well
    insecure_by_default: bool = False  # it verifies nothing unless `verify` is given
    hostname: Operand | None = None  # whether the certificate must be for this host: False switches that off
    options: Operand | None = None  # a mapping of ssl settings: cert_reqs, check_hostname
    timeout: Operand | None = None
    waits_forever: bool = False
    everywhere: str = ""  # these are the defaults of all requests of a library, called so


@dataclass(frozen=True, slots=True)
class TlsContext(Concept):
    """A TLS context or socket is made, used, or one of its settings is given (then `setting` names it)."""

    setting: str = ""  # verify_mode, check_hostname, unverified, protocol, ciphers, minimum_version, options, use
    value: Operand | None = None  # what is set; for "use" the context
    operator: str = ""  # of an augmented write: "|" for `options |= …`, "&" for `options &= …`
    default: str = ""  # API path that applies when `value` is not given
    option: Operand | None = None  # which option, where one function sets many


@dataclass(frozen=True, slots=True)
class HashComputation(Concept):
    """A digest is computed. `algorithm` by the row, or by `name` when it is an argument."""

    algorithm: str = ""  # lower case: md5, sha1, sha256, …
    name: Operand | None = None
    data: Operand | None = None
    usedforsecurity: Operand | None = None
    hasher: Operand | None = None  # the hash object that `data` is fed to, where it was made before
    keyed: bool = False  # HMAC: collisions do not break it


@dataclass(frozen=True, slots=True)
class PasswordHash(Concept):
    """A password is hashed by a key derivation or password scheme."""

    scheme: str = ""
    name: Operand | None = None
    rounds: Operand | None = None
    minimum: str = ""  # the least number of rounds that still counts, in digits
    salt: Operand | None = None
    password: Operand | None = None


@dataclass(frozen=True, slots=True)
class CipherUse(Concept):
    """A cipher, or a mode of one, is set up."""

    algorithm: str = ""  # lower case: des, 3des, rc4, blowfish, aes …; "" when only the mode is given
    name: Operand | None = None  # algorithm, size and mode in one text: "aes-128-ecb"
    mode: str = ""  # lower case: ecb, cbc, gcm, …
    default_mode: str = ""  # what applies when `mode_value` is not given
    mode_value: Operand | None = None
    key: Operand | None = None
    iv: Operand | None = None
    derives: bool = False  # key and vector are made of the text that is given, by rounds of MD5 without salt


@dataclass(frozen=True, slots=True)
class KeyGeneration(Concept):
    """An asymmetric key is generated."""

    algorithm: str = ""  # rsa, dsa, ec
    kind: Operand | None = None  # the algorithm when it is an argument
    bits: Operand | None = None
    curve: Operand | None = None
    words: Operand | None = None  # the size in words of 32 bits
    default_bits: str = ""  # what applies when `bits` is not given, in digits


@dataclass(frozen=True, slots=True)
class RandomValue(Concept):
    """A value is drawn from a generator that an attacker can predict (`random.random`); see `target` for what it is for."""

    target: str = ""  # the name it is assigned to, the keyword it is passed as, or the function that returns it
    bits: Operand | None = None
    weakness: str = ""  # "time": made of the clock and the machine's address, "name": of its arguments; not drawn


@dataclass(frozen=True, slots=True)
class JwtDecode(Concept):
    token: Operand | None = None
    key: Operand | None = None
    algorithms: Operand | None = None
    options: Operand | None = None
    verify: Operand | None = None
    unverified: bool = False  # the function never verifies
    any_algorithm: bool = False  # without a list of algorithms it takes any
    legacy: bool = False  # a signature of an older release: only a literal `verify` counts
    expired: Operand | None = None  # True: tokens count after their time as well
    skips: Operand | None = None  # the opposite of `verify`: True checks no signature


@dataclass(frozen=True, slots=True)
class JwtEncode(Concept):
    payload: Operand | None = None
    key: Operand | None = None
    algorithm: Operand | None = None
    lifetime: Operand | None = None  # or options, which may say it as `expiresIn`
    raw: bool = False  # it signs whatever it is given: the payload need not be claims


@dataclass(frozen=True, slots=True)
class CookieWrite(Concept):
    """A cookie is set on a response (or configured). A missing role takes the framework's default."""

    name: Operand | None = None
    value: Operand | None = None
    secure: Operand | None = None
    httponly: Operand | None = None
    samesite: Operand | None = None
    max_age: Operand | None = None
    session: bool = False  # configures the framework's own session cookie, not one of the application's
    default_secure: bool = False
    default_httponly: bool = False
    default_samesite: str = ""  # "lax", "strict" or "" (none is sent)


@dataclass(frozen=True, slots=True)
class ServerRun(Concept):
    """A server starts to listen in this code."""

    host: Operand | None = None
    debug: Operand | None = None
    address: Operand | None = None  # a (host, port) pair
    kind: str = "server"  # server, application (framework development server), socket


@dataclass(frozen=True, slots=True)
class AppCreation(Concept):
    """A web application object is created."""

    debug: Operand | None = None
    always_debug: bool = False
    kind: str = (
        ""  # what it then shows in Node: stack (of errors), explorer (a page to try queries), schema, inspector (a debugger)
    )


@dataclass(frozen=True, slots=True)
class Setting(Concept):
    """A named setting of an application gets a value: a module constant of a settings module, `app.config["X"] = …`."""

    name: str = ""
    key: Operand | None = None  # the name when it is written in the code
    value: Operand | None = None
    framework: str = ""  # django, flask, …


@dataclass(frozen=True, slots=True)
class Deserialization(Concept):
    """Bytes or text become objects by a format that can run code."""

    data: Operand | None = None
    loader: Operand | None = None  # yaml's Loader=
    safe_loaders: str = ""  # API paths that make it safe, separated by spaces
    allow: Operand | None = None  # torch's weights_only=, numpy's allow_pickle=
    format: str = ""  # pickle, yaml, marshal, …
    always: bool = False  # no argument makes it safe


@dataclass(frozen=True, slots=True)
class XmlParsing(Concept):
    data: Operand | None = None
    parser: Operand | None = None
    resolve_entities: Operand | None = None
    no_network: Operand | None = None
    load_dtd: Operand | None = None
    huge_tree: Operand | None = None
    default_unsafe: bool = False  # resolves external entities unless told otherwise
    always: bool = False  # resolves external entities, and nothing switches that off
    kind: str = "parse"  # parse (reads data), parser (makes one), feature (`feature` is set to `value`)
    feature: Operand | None = None
    value: Operand | None = None
    expands: bool = False  # expands internal entities without limit of its own (billion laughs)


@dataclass(frozen=True, slots=True)
class TemplateEngine(Concept):
    """A template environment is made."""

    autoescape: Operand | None = None
    off: Operand | None = None  # the opposite: True switches escaping off
    default_escapes: bool = False
    filters: Operand | None = None  # mako's default_filters
    loader: Operand | None = None
    source: Operand | None = None  # the text of the template
    kind: str = "environment"  # environment, template (made from a string, outside of an environment), setting (written later)


@dataclass(frozen=True, slots=True)
class ShellCommand(Concept):
    """An operating-system command is run, here or on another machine."""

    asked: ClassVar[bool] = True
    command: Operand | None = None  # the whole command: a text, or a list of arguments with the program first
    shell: Operand | None = None
    always_shell: bool = False  # a shell reads the command
    program: Operand | None = None  # the program, where it is given apart from its arguments
    arguments: Operand | None = None  # a program's arguments
    text_is_shell: bool = False  # a text is read by a shell, a list of arguments is not
    splits: bool = False  # a command that is a text is cut at blanks, without a shell: options can be slipped in


@dataclass(frozen=True, slots=True)
class CodeExecution(Concept):
    """Text becomes running code of the program, or names what of it runs."""

    asked: ClassVar[bool] = True
    code: Operand | None = None
    kind: str = "code"  # code (a text in the language), module (a name to import), script (a file), name (of an attribute)
    globals: Operand | None = None


@dataclass(frozen=True, slots=True)
class TemplateSource(Concept):
    """The text of a template is compiled: whoever writes it, reaches what the template's language reaches."""

    handed: ClassVar[str] = "source"
    source: Operand | None = None
    engine: str = ""  # jinja2, mako, django, …
    weak: bool = False  # its language reaches data only, no code (Django, str.format, string.Template)
    receiver: Operand | None = None  # the environment, which may be a sandbox


@dataclass(frozen=True, slots=True)
class NosqlQuery(Concept):
    """A query document, or code inside of one, reaches a document database."""

    query: Operand | None = None
    code: Operand | None = None  # a text that the database runs
    guess: bool = False  # nothing is known about the receiver: only a document written in the code counts
    operator: str = "{'$ne': null}"  # what a client would send, as the message shows it
    mapper: bool = False  # the document is a mapper's filter, which only parsed JSON can bring operators into


@dataclass(frozen=True, slots=True)
class LdapQuery(Concept):
    """A search in a directory: where, and what for."""

    base: Operand | None = None
    filter: Operand | None = None


@dataclass(frozen=True, slots=True)
class LdapBind(Concept):
    """A connection to a directory proves who it is."""

    user: Operand | None = None
    password: Operand | None = None
    mechanism: Operand | None = None  # given: by other means than a password
    optional: bool = False  # without user and password the call is a setting-up, not a login


@dataclass(frozen=True, slots=True)
class XpathQuery(Concept):
    """An XPath or XQuery expression is compiled or run."""

    expression: Operand | None = None


@dataclass(frozen=True, slots=True)
class StylesheetUse(Concept):
    """An XSLT stylesheet is compiled: it can read files, and with extensions more."""

    stylesheet: Operand | None = None


@dataclass(frozen=True, slots=True)
class FileAccess(Concept):
    """The file system is used at a path."""

    path: Operand | None = None
    other: Operand | None = None  # the second path of a copy or move
    action: str = "opens"  # opens, reads, writes, deletes, lists, serves, …
    base: Operand | None = None  # the folder that the callee keeps `path` in: then only this one matters
    joined: bool = False  # the callee puts it behind a folder: without `..` it stays below
    refuses: bool = False  # it refuses `..` in what it is given: only where the path begins, or what was resolved before, matters
    content: bool = False  # it takes what a file holds as well as its path: only a path that is put together is known to be one


@dataclass(frozen=True, slots=True)
class ArchiveExtraction(Concept):
    """Members of an archive are written to the file system under names that the archive gives."""

    archive: Operand | None = None
    members: Operand | None = None
    filter: Operand | None = None  # tarfile's filter=
    member: Operand | None = None  # the one that is extracted
    kind: Operand | None = None  # the format, where an argument says it
    format: str = "tar"
    unchecked: Operand | None = None  # True: names and links are taken as they are
    checked: Operand | None = None  # the opposite: False takes links as they are


@dataclass(frozen=True, slots=True)
class Decompression(Concept):
    """Compressed data is unfolded as a whole, whatever becomes of it."""

    data: Operand | None = None
    limit: Operand | None = None  # a bound for the result
    rows: Operand | None = None  # so many rows are read, or so many at a time; of none as well
    mode: Operand | None = None  # of opening: a mode that writes unfolds nothing
    into: Operand | None = None  # what the data is piped into: only a stream that unfolds counts
    compression: Operand | None = None  # which one, where it may be none


@dataclass(frozen=True, slots=True)
class Redirect(Concept):
    """The browser is sent to another address."""

    location: Operand | None = None


@dataclass(frozen=True, slots=True)
class HtmlOutput(Concept):
    """Text goes to a browser as markup, or is declared to be markup that needs no escaping."""

    content: Operand | None = None
    mimetype: Operand | None = None  # the content type; HTML when it is not given and `default_html`
    headers: Operand | None = None  # may hold the content type too
    default_html: bool = True
    sniffed: bool = False  # HTML is taken for granted only of what begins with `<`
    marks: bool = False  # only declares the text to be safe (`mark_safe`); where it ends is not known


@dataclass(frozen=True, slots=True)
class TemplateRender(Concept):
    """A template file becomes a page with the names that it is given."""

    name: Operand | None = None  # of the template, or several of which the first that exists counts
    context: Operand | None = None  # a mapping of names
    keywords: bool = False  # the other keywords are names for it too
    request: Operand | None = None
    request_type: str = ""  # what `request` is in the template, when it is not given


@dataclass(frozen=True, slots=True)
class TemplateOutput(Concept):
    """A template writes a value so that its text can become markup or code there."""

    content: Operand | None = None
    escape: str = ""  # as in ir.Output
    context: str = ""


@dataclass(frozen=True, slots=True)
class HtmlMail(Concept):
    """Text becomes the HTML body of a mail."""

    content: Operand | None = None
    subtype: Operand | None = None  # "html" or "text/html" makes it HTML, where one call makes every kind
    default_html: bool = True
    message: Operand | None = None  # a mapping that describes the mail as a web service takes it


@dataclass(frozen=True, slots=True)
class HeaderWrite(Concept):
    """A header of a response or a mail is set."""

    name: Operand | None = None
    value: Operand | None = None
    headers: Operand | None = None  # a mapping, or a list of pairs
    text: Operand | None = None  # a whole message: headers up to the first empty line
    checks: bool = False  # the library refuses line breaks in values
    server_checks: bool = False  # … or the usual servers of its applications do
    kind: str = "http"  # http, mail


@dataclass(frozen=True, slots=True)
class RegexUse(Concept):
    """A regular expression is compiled or matched."""

    pattern: Operand | None = None
    subject: Operand | None = None
    flags: Operand | None = None
    compiled: Operand | None = None  # the object that an earlier call made of a pattern
    how: str = ""  # match, fullmatch, search …
    engine: str = "backtracking"  # linear: time grows with the text alone, whatever the pattern


@dataclass(frozen=True, slots=True)
class OrmLookup(Concept):
    """A mapper is told by name which column, or which related object's column, a query reads."""

    name: Operand | None = None  # the name, or a list of names
    names: Operand | None = None  # a mapping whose keys are names with operators: `filter(**lookups)`
    order: bool = False  # only the order of the rows depends on it


@dataclass(frozen=True, slots=True)
class Allocation(Concept):
    """Memory or time is spent in proportion to a number, or to the length of a text."""

    size: Operand | None = None
    text: Operand | None = None
    what: str = "memory"  # memory, time, rows, normalization
    number: bool = False  # the callee takes other things in its place, too: only a number is a size


@dataclass(frozen=True, slots=True)
class SessionWrite(Concept):
    """Something is put into the session, whose content the rest of the application trusts."""

    key: Operand | None = None
    value: Operand | None = None


@dataclass(frozen=True, slots=True)
class OriginCheck(Concept):
    """A text is compared by its beginning, end or a part of it."""

    text: Operand | None = None
    allowed: Operand | None = None


@dataclass(frozen=True, slots=True)
class Comparison(Concept):
    """Two values are compared for equality; made by the interpreter where one of them is secret."""

    left: Operand | None = None
    right: Operand | None = None
