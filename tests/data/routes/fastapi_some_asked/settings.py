LOCKED = bool(input())
