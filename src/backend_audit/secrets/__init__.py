"""Literals of any language: which are secrets, and which only look like one."""
