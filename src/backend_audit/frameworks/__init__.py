"""Framework shapes to concepts."""
