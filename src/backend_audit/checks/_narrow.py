"""Narrow attempts, whose failure is an answer: reading a text as a value, making a folder, asking another program."""

import re

from backend_audit import ir
from backend_audit.checks import _errors

# Exceptions of conversions: quiet around one, for the value just is not of that kind.
CONVERSION_ERRORS = _errors.names_of(
    "ValueError,TypeError,ArithmeticError,InvalidOperation,OverflowError,ZeroDivisionError,JSONDecodeError,"
    "DecodeError,ParserError,ParseError,ValidationError,AddrFormatError,AddressValueError,BadSignature,"
    "SignatureExpired,InvalidTokenError,SyntaxError,error,Error"
)
_CONVERSIONS = _errors.names_of(
    "int,float,complex,bool,str,bytes,Decimal,UUID,Fraction,date,datetime,fromisoformat,strptime,fromtimestamp,"
    "parse,parse_date,parse_datetime,isoparse,loads,load,json,literal_eval,decode,encode,b64decode,urlsafe_b64decode,fromhex,"
    "unhexlify,ip_address,ip_network,ip_interface,IPAddress,IPNetwork,index,remove,get,pop,append,add,setdefault,"
    "getattr,setattr,delattr,hasattr,isinstance,len,min,max,sum,sorted,list,tuple,set,dict,next,iter,ord,chr,split,"
    "strip,lower,upper,replace,format,join,validate,model_validate,parse_obj,from_string,from_json,relative_to,"
    "gettempdir,unquote,quote,urlparse,urlsplit,compile,Enum,ZoneInfo,timezone,timedelta,issubclass,warn,group,"
    "items,keys,values,update,extend,insert,startswith,endswith"
)

_SYSTEM_ERRORS = _errors.names_of("OSError,IOError,EnvironmentError,error")
_FOLDERS = _errors.names_of("makedirs,mkdir,join,dirname,abspath")
_RUNS_A_FILE = _errors.names_of(
    "open,exec,execfile,read,compile,join,dirname,abspath,globals,locals,loads,load,splitlines,strip,update"
)
_CONVERTER = re.compile(r"^(parse|to|from|decode|validate|clean|convert|coerce|cast|as)_|_to_|_from_")
_SIGNALS = frozenset(("signal", "add_signal_handler", "remove_signal_handler", "get_event_loop", "get_running_loop"))
_NO_SIGNALS = frozenset(("ValueError", "NotImplementedError", "RuntimeError"))


def only_reads(called: list[str], caught: list[str]) -> bool:
    """Whether text is read as a value and what it may not be is caught; that it is told of changes nothing."""
    read = [name for name in called if not _errors.is_report(name)]
    # `Locale(…)`, UnknownLocaleError; `FeatureFlagEnum(text)`
    made = [name for name in read if name[:1].isupper() and (name.endswith("Enum") or any(name in one for one in caught))]
    converts = bool(read) and all(name in _CONVERSIONS or name in made for name in read)
    return converts and any(name in CONVERSION_ERRORS for name in caught)


def makes_folders(called: list[str], caught: list[str]) -> bool:
    """`try: os.makedirs(path) except OSError: pass`, from before `exist_ok`: it is there."""
    return bool(called) and set(called) <= _FOLDERS and any(name in _SYSTEM_ERRORS for name in caught)


def is_in_another_thread(called: list[str], caught: list[str]) -> bool:
    """`try: signal.signal(SIGTERM, stop) except ValueError: pass`: what only the main thread can do, or not every system."""
    return bool(called) and set(called) <= _SIGNALS and any(name in _NO_SIGNALS for name in caught)


def reads_settings_that_may_lack(called: list[str], caught: list[str], *, inside: bool) -> bool:
    """`try: exec(open("local_settings.py").read()) except IOError: pass` at a module's top: settings that need not be there."""
    return not inside and "open" in called and set(called) <= _RUNS_A_FILE and any(name in _SYSTEM_ERRORS for name in caught)


def reads_a_file_field(first: ir.Stmt) -> bool:
    """`recipe.image.file`, `.url`, `.path`: Django's file fields raise ValueError where there is no file."""
    return isinstance(first, (ir.Assign, ir.ExprStmt)) and any(
        isinstance(node, ir.Attribute) and node.attr in ("file", "url", "path", "size") and isinstance(node.value, ir.Attribute)
        for node in ir.walk_scope(first)
    )


def only_converts(body: list[ir.Stmt]) -> bool:
    """Whether all that is called reads one kind of value as another."""
    called = [_errors.last_name(call.func) for call in _errors.calls(body)]
    return bool(called) and all(name in _CONVERSIONS or _CONVERTER.search(name) for name in called)


def asks_a_program(body: list[ir.Stmt]) -> bool:
    """Whether all that is done is to read what another program says (`git describe`), which may not be there."""
    called = [(_errors.last_name(call.func), call) for call in _errors.calls(body)]
    asked = [name for name, call in called if name in ("check_output", "getoutput") or (name == "run" and _captures(call))]
    return bool(asked) and all(name in asked or name in _CONVERSIONS or _errors.is_report(name) for name, _ in called)


def _captures(call: ir.Call) -> bool:
    return any(arg.name == "capture_output" and isinstance(arg.value, ir.Const) and arg.value.value is True for arg in call.args)
