PREFIX = "app_"
USERS = PREFIX + "users"
FULL = f"public.{USERS}"
