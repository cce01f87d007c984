"""What is told of validators in JavaScript whose verdict nobody hears."""

TOLD = {
    "dropped": (
        "What `{what}` finds is thrown away: it does not throw, and no input is turned away.",
        "Look at the answer: `if (result.error) return res.status(400)…`, or use what throws (`parse`, `validateAsync`).",
    ),
    "unread": (
        "Only what `{what}` was given is read, and its error is not: data that breaks the schema goes on.",
        "Take the error too, and refuse: `const {{ value, error }} = …; if (error) return res.status(400)…`.",
    ),
    "promise": (
        "Nobody waits for `{what}`: what it finds comes too late, as a rejection that nobody handles.",
        "Write `await` in front of it.",
    ),
    "goes on": (
        "What fails (`{what}`) is answered, and the function goes on with it: the answer does not end it.",
        "Write `return` in front of the answer.",
    ),
    "attached": (
        "`attachValidation` leaves it to the handler to refuse what breaks the schema, and nothing reads its error.",
        "Leave `attachValidation` out, or answer 400 where `request.validationError` is there.",
    ),
    "chain": (
        "The chains of express-validator before `{what}` only note what is wrong, and nothing asks for it: no input is refused.",
        "Ask in the handler, or in middleware after them: `if (!validationResult(req).isEmpty()) return res.sendStatus(400)`.",
    ),
    "no rules": (
        "`ValidationPipe` asks class-validator about `{what}`, whose fields have no rules: whatever comes in, it passes.",
        "Put rules on the fields: `@IsString()`, `@IsInt()`, `@MaxLength(200)`.",
    ),
    "no pipe": (
        "The rules on the fields of `{what}` are never asked: the application has no `ValidationPipe`.",
        "Add it for all routes: `app.useGlobalPipes(new ValidationPipe({{ whitelist: true }}))`.",
    ),
}
