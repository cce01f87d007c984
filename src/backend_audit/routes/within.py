"""What a handler's own code says of who may call it, where it leaves the asking to what it calls."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.constant_answers import answers_with_constants, is_text
from backend_audit.routes.intent import refusal_at_first, words_of
from backend_audit.routes.mentions import is_caller
from backend_audit.routes.missing import asks_for_login
from backend_audit.routes.model import Route
from backend_audit.routes.readings import called
from backend_audit.routes.status import named_status

_DENIED = re.compile(
    r"(?:^|[._])(?:Not_?(?:Authori[sz]ed|Authenticated|Allowed|Permitted)|Unauthori[sz]ed|Unauthenticated|Forbidden|(?:Permission|Access)"
    r"_?Denied|PermissionError|Authori[sz]ation(?:Error|Exception|Failed))(?:Error|Exception)?$"
)
_CALLER = re.compile(r"(?:^|[._])(?:request|req|self\.request|info\.context)\.user$|(?:^|\.)current_user$")
_SWITCH = re.compile(
    r"(?:allow|enabl|open|permit)\w*_(?:\w+_)?(?:registrations?|sign_?ups?|accounts?|users?)\b|"
    r"(?:registrations?|sign_?ups?|accounts?|users?)_(?:\w+_)?(?:allow|enabl|open|permit)",
    re.IGNORECASE,
)

_REFUSALS = range(400, 600)
_NOT_ALLOWED = re.compile(r"(?:^|\.)HttpResponse(?:NotAllowed|Forbidden|NotFound|BadRequest|Gone)$")
_SESSION = re.compile(r"(?:^|\.)session(?:\.\w|\[)")
_HELD_UP = re.compile(
    r"(?:^|\.)(?:is_valid|get|getlist|gettext|_)$|^(?:self\.)?(?:serializer_class|form_class)$|(?:^|\.)(?:Json)?(?:Http)?Response$"
)
_MADE = re.compile(r"^[A-Z]\w*(?:Form|Serializer)$|^(?:get|is|has|valid\w*|parse)_\w+$")
_ANSWER = re.compile(r"^(?:res|response|reply)\.|(?:^|\.)log(?:ger)?\.", re.IGNORECASE)

_CHECKS = re.compile(
    r"_*(?:check|ensure|require|assert|verify|enforce|demand|authori[sz]e)_\w*(?:perm|access|right|allow|auth|owner|can)\w*"
)
_BROUGHT = re.compile(r"(?:^|\.)(?:input|body|query|params)$")
_FINDS = re.compile(r"^(?:find|get|look_?up|verify|validate|consume|redeem)", re.IGNORECASE)
_TOKEN = re.compile(r"(?:^t|_t|[a-z]T)oken$")
_KEY = re.compile(r"(?:(?:api|access|auth|secret)_?(?:token|key)|token)(?:__exact)?")  # `filter(apikey=given)`
_ASKING = frozenset("filter filter_by get aget get_or_404 get_object_or_404 find_one find_by".split())
_ENVIRONMENT = re.compile(r"(?:^|[._])env(?:ironment)?$", re.IGNORECASE)
_TRYING_OUT = frozenset("test testing development dev local e2e".split())
_OF_ALL = frozenset(("get_queryset", "get_object", "perform_create", "perform_update", "perform_destroy"))


def leaves_it_to_others(handler: FunctionSymbol) -> bool:
    """Whether the handler takes the denial of what it calls, or does what it does by a name that another part looks up.

    What it calls of its own class or file counts as its own code.
    """
    near = [handler, *_helpers(handler)]
    near += [one for helper in near[1:] for one in _helpers(helper) if one not in near]
    return any(_leaves_it(one) or _asks_an_object(one) or _hands_caller_to_check(one) for one in near)


def _hands_caller_to_check(function: FunctionSymbol) -> bool:
    """`task.check_permissions(request.user, job)`: an object that is not known here is told who calls, to refuse it."""
    asked = (one.value for one in function.scope.of(ir.ExprStmt))
    calls = (one.value if isinstance(one, ir.Await) else one for one in asked)
    checks = (one for one in calls if isinstance(one, ir.Call) and _CHECKS.fullmatch(called(one)))
    return any(_CALLER.search(written(arg.value)) for one in checks for arg in one.args)


def _asks_an_object(function: FunctionSymbol) -> bool:
    """`if not thing.editable_by(request.user): raise Http404`: what is stored says whether the caller may."""
    callers: set[str] = set()  # `user = self.request.user`
    for node in function.scope:
        if isinstance(node, ir.Assign) and node.value is not None and _CALLER.search(written(node.value)):
            callers |= {one.id for one in node.targets if isinstance(one, ir.Name)}
        if isinstance(node, ir.If) and node.body and isinstance(node.body[-1], (ir.Raise, ir.Return)):
            called = [one for one in ir.walk_scope(node.test) if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute)]
            given = [written(arg.value) for one in called for arg in one.args]
            if any(one in callers or _CALLER.search(one) for one in given):
                return True
    return False


def _helpers(handler: FunctionSymbol) -> Iterator[FunctionSymbol]:
    for node in handler.scope:
        func = node.func if isinstance(node, ir.Call) else None
        found = None
        if isinstance(func, ir.Name):
            found = handler.module.functions.get(func.id)
        elif isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name) and func.value.id == "self" and handler.owner:
            found = _own_method(handler.owner, func.attr)
        if found is not None:
            yield found


def _own_method(owner: ClassSymbol, name: str) -> FunctionSymbol | None:
    """A method of the class, or of a base that stands in the same file."""
    seen: list[ClassSymbol] = [owner]
    for one in seen:
        if name in one.methods:
            return one.methods[name]
        bases = (owner.module.classes.get(written(arg.value)) for arg in one.node.bases)
        seen += [base for base in bases if base is not None and base not in seen]
    return None


def _leaves_it(handler: FunctionSymbol) -> bool:
    looked_up: set[str] = set()
    for node in handler.scope:
        if isinstance(node, ir.Try) and any(_takes_denial(one) for one in node.handlers):
            return True
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Call) and _names_what_it_does(node.value):
            looked_up |= {one.id for one in node.targets if isinstance(one, ir.Name)}
        if isinstance(node, ir.Call):
            by_name = isinstance(node.func, ir.Call) and _names_what_it_does(node.func)
            if by_name or (isinstance(node.func, ir.Name) and node.func.id in looked_up):
                return True
    return False


def _takes_denial(handler: ir.Handler) -> bool:
    types = [one.value for one in handler.type.items] if isinstance(handler.type, ir.Container) else [handler.type]
    return any(one is not None and _DENIED.search(written(one)) for one in types)


def _names_what_it_does(call: ir.Call) -> bool:
    """`get_action("order_create")`: a function by one name, and nothing that it works on."""
    one = call.args[0] if len(call.args) == 1 else None
    return one is not None and isinstance(one.value, ir.Const) and isinstance(one.value.value, str)


def only_call(handler: FunctionSymbol) -> ir.Call | None:
    """The call whose result the handler returns, where that is all that it does."""
    body = [one for one in handler.node.body if not isinstance(one, ir.ExprStmt) or isinstance(one.value, ir.Call)]
    given = body[0].value if len(body) == 1 and isinstance(body[0], ir.Return) else None
    return given if isinstance(given, ir.Call) else None


def works_on_the_caller(route: Route) -> bool:
    """Whether the handler, or what its view says of all handlers, takes the signed-in user for granted: nobody has none."""
    own = [] if route.owner is None else [one for name, one in sorted(route.owner.methods.items()) if name in _OF_ALL]
    handling = [] if route.handler is None else [route.handler, *_helpers(route.handler)]
    said = [node for one in [*handling[:1], *own] for node in one.scope]
    read = [*said, *(node for one in handling[1:] for node in one.scope)]
    return any(map(is_caller, read)) and not asks_for_login(*said)


def only_refuses(handler: FunctionSymbol) -> bool:
    """Whether all that the handler does is to fail, or to say so: `return Response({…}, status=405)`."""
    answers = [one.value for one in handler.scope.of(ir.Return)]
    others = [one for one in handler.node.body if not isinstance(one, (ir.Return, ir.Assign)) and not is_text(one)]
    return only_raises(handler) or (bool(answers) and not others and all(map(_is_refusal, answers)))


def _is_refusal(answer: ir.Expr | None) -> bool:
    if not isinstance(answer, ir.Call):
        return False
    given = [arg.value for arg in answer.args]
    said = {one.value for one in given if isinstance(one, ir.Const) and isinstance(one.value, int)}
    said |= {status for one in given for status in named_status(one)}
    return any(one in _REFUSALS for one in said) or bool(_NOT_ALLOWED.search(written(answer.func)))


def only_redirects(handler: FunctionSymbol) -> bool:
    """Whether all that a handler does is to send the caller elsewhere."""
    body = list(handler.scope)
    kept = {
        target.id
        for one in body
        if isinstance(one, ir.Assign) and one.value is not None and _is_redirect(one.value)
        for target in one.targets
        if isinstance(target, ir.Name)
    }
    answers = [one.value for one in body if isinstance(one, ir.Return)]
    sent = [_is_redirect(one) or (isinstance(one, ir.Name) and one.id in kept) for one in answers]
    return bool(sent) and all(sent) and not any(isinstance(one, ir.Await) for one in body)


def _is_redirect(node: ir.Expr | None) -> bool:
    if not isinstance(node, ir.Call):
        return False
    around = node.args[0].value if node.args and written(node.func).endswith("make_response") else None
    return "redirect" in written(node.func).lower() or _is_redirect(around)


def only_raises(handler: FunctionSymbol) -> bool:
    """Whether all that the handler does is to fail: `throw new Error("not implemented")`, `reply.callNotFound()`."""
    body = [one for one in handler.node.body if not is_text(one)]
    if len(body) != 1 or isinstance(body[0], ir.Raise):
        return len(body) == 1
    given = body[0].value if isinstance(body[0], (ir.ExprStmt, ir.Return)) else None
    return isinstance(given, ir.Call) and last_word(given.func) == "callNotFound"


def works_in_tests_alone(handler: FunctionSymbol) -> bool:
    """Whether a handler refuses before all else where this is no test: `if (process.env.NODE_ENV !== "test") throw …`."""
    first = next((one for one in handler.node.body if not is_text(one)), None)
    if not isinstance(first, ir.If) or not first.body or not isinstance(first.body[-1], (ir.Raise, ir.Return)):
        return False
    test = first.test
    if isinstance(test, ir.Unary) and test.op == "not":
        return _is_switch(test.operand)
    if not isinstance(test, ir.Compare) or test.ops[0] != "!=" or not _ENVIRONMENT.search(written(test.left)):
        return False
    named = test.rights[0]
    return isinstance(named, ir.Const) and str(named.value).lower() in _TRYING_OUT


def _is_switch(test: ir.Expr) -> bool:
    """`settings.DEV and settings.TEST_ENDPOINTS`: what is off where the program serves anybody."""
    if isinstance(test, ir.Logical):
        sides = [_is_switch(test.left), _is_switch(test.right)]
        return any(sides) if test.op == "and" else all(sides)
    if not isinstance(test, ir.Attribute) or not last_word(test.value).endswith("settings"):
        return False
    return not (_TRYING_OUT | {"debug"}).isdisjoint(words_of(test.attr))


def looks_up_by_token(handler: FunctionSymbol) -> bool:
    """Whether a handler finds what it is asked for by a token that the caller brings, which is who has the link.

    `const { token } = input`, then `findFirst({ where: { token } })`.
    """
    nodes = handler.scope
    brought = {
        part.value.id
        for node in nodes
        if isinstance(node, ir.Assign) and node.value is not None and _BROUGHT.search(written(node.value))
        for target in node.targets
        for part in (target.items if isinstance(target, ir.Container) else ())
        if isinstance(part.value, ir.Name)
    }
    for node in nodes.of(ir.Call):
        if last_word(node.func) in _ASKING and any(_KEY.fullmatch(arg.name or "") for arg in node.args):
            return True
        if _FINDS.search(last_word(node.func)):
            for one in ir.walk(*(arg.value for arg in node.args)):
                if isinstance(one, ir.Name) and one.id in brought and _TOKEN.search(one.id):
                    return True
                if isinstance(one, ir.Attribute) and _TOKEN.search(one.attr) and _BROUGHT.search(written(one.value)):
                    return True
    return False


def stops_the_unknown(handler: FunctionSymbol, others: set[str]) -> bool:
    """Whether a handler gives nothing and does nothing where a dependency knows nobody: `if not caller: return`.

    `others`: what its other dependencies are called; the one in question may have been imported under another name.
    """
    asked = {one.name for one in handler.node.params if (given := _dependencies(one)) and others.isdisjoint(given)}
    first = next((one for one in handler.node.body if not is_text(one)), None)
    if not isinstance(first, ir.If) or not first.body:
        return False
    test, last = first.test, first.body[-1]
    missing = test.operand if isinstance(test, ir.Unary) and test.op == "not" else None
    if isinstance(test, ir.Compare) and test.ops == ["is"] and isinstance(test.rights[0], ir.Const):
        missing = test.left
    stops = isinstance(last, ir.Raise) or (isinstance(last, ir.Return) and last.value is None)
    return stops and isinstance(missing, ir.Name) and missing.id in asked


def _dependencies(param: ir.Param) -> set[str]:
    """What a parameter depends on: `caller = Depends(known)`, `caller: Annotated[User, Depends(known)]`."""
    calls = (one for one in ir.walk(param) if isinstance(one, ir.Call) and one.args)
    return {written(one.args[0].value).rpartition(".")[2] for one in calls}


def changes_own_session_alone(handler: FunctionSymbol) -> bool:
    """Whether all that the handler changes is the session of who calls: `request.session.pending = null`."""
    nodes = list(handler.scope)
    targets = [target for node in nodes if isinstance(node, ir.Assign) for target in node.targets]
    calls = [written(node.func) for node in nodes if isinstance(node, ir.Call)]
    kept = [one for one in map(written, targets) if _SESSION.search(one)]
    held = all(isinstance(one, ir.Name) or _SESSION.search(written(one)) for one in targets)
    harmless = (_SESSION, _ANSWER, _HELD_UP, _MADE)
    return bool(kept) and held and all(any(pattern.search(one) for pattern in harmless) for one in calls)


def shows_a_page(handler: FunctionSymbol) -> bool:
    """Whether all that the handler does is to give one page, with nothing in it but constants."""
    return only_call(handler) is not None and not handler.node.params and answers_with_constants(handler)


def waits_for_nothing(handler: FunctionSymbol) -> bool:
    """Whether a coroutine computes its answer: what is stored elsewhere is awaited."""
    if not handler.node.is_async:
        return False
    return not any(map(waits, handler.scope))


def waits(node: ir.Node) -> bool:
    """Whether a coroutine waits there for something else."""
    return isinstance(node, ir.Await) or (isinstance(node, (ir.With, ir.For)) and node.is_async)


def makes_accounts_if_allowed(function: FunctionSymbol) -> bool:
    """Whether a function begins by refusing where a setting says that nobody may sign up."""
    refusal = refusal_at_first(function)
    return refusal is not None and _SWITCH.search(written(refusal.test)) is not None
