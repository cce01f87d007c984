"""Constants and functions of other modules."""

import modules_constants as renamed
from package import LIMIT, build, exported
from package.tables import *
from package.tables import PREFIX as P
from probe import see

import package.tables
from package import tables


def use(name):
    see(LIMIT)  # $ const=100
    see(exported)  # $ const="app_users"
    see(USERS)  # $ const="app_users"
    see(P)  # $ const="app_"
    see(tables.USERS)  # $ const="app_users"
    see(package.tables.USERS)  # $ const="app_users"
    see(tables.FULL)  # $ const="public.app_users"
    see(build("x"))  # $ const="SELECT x FROM app_users"
    see(build(name))  # $ shape="SELECT {} FROM app_users"
    see(renamed.VALUE)  # $ const="value"
    see(renamed.MISSING)  # $ open
