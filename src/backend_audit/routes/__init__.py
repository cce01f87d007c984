"""The route table: every way into the application, and who is turned away before a handler runs."""
