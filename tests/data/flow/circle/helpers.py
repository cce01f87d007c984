"""Imports of a package that is under way: what it imports further down is what it hands on."""

from probe import see

from services import create_user, nobody


def rounded(value):
    return value


see(create_user)  # $ ref=create_user@0
see(nobody)  # $ open
