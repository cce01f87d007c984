from .tables import USERS


def build(name):
    return "SELECT " + name + " FROM " + USERS
