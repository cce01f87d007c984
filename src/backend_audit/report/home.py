"""The tool's home page, as reports name it."""

HOME = "https://github.com/backend-audit/backend-audit"
