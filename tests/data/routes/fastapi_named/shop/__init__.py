from shop import settings

LIMIT = settings.LIMIT
