"""The seed's clauses: 8 that say NEVER and 12 that a backend must include."""

NEVER = (
    "expose sensitive data in responses",
    "skip input validation",
    "use string concatenation for SQL queries",
    "hardcode secrets/API keys",
    "ignore error handling",
    "skip authentication on protected routes",
    "log passwords or tokens",
    "trust user input without validation",
)
MUST = (
    "OpenAPI/Swagger documentation",
    "Comprehensive error handling",
    "Input validation (Pydantic/Zod)",
    "Authentication & authorization",
    "Rate limiting",
    "Caching strategy",
    "Database optimization",
    "Audit logging",
    "Health checks",
    "Observability (logs, metrics, tracing)",
    "Security hardening (OWASP Top 10)",
    "Performance optimized (<100ms p95)",
)

# In the seed's order: what is forbidden first, then what must be there.
CLAUSES: dict[str, str] = {
    **{f"never-{number}": f"NEVER {text}" for number, text in enumerate(NEVER, 1)},
    **{f"must-{number:02}": f"Must include: {text}" for number, text in enumerate(MUST, 1)},
}
