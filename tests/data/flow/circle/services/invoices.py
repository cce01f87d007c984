from helpers import rounded


def amount(value):
    return rounded(value)
