import os

ROOT_URLCONF = "portal.urls"
LOGIN_EXEMPT_URLS = [r"^public/", "health"]
MIDDLEWARE = [
    "portal.middleware.Timing",
    "portal.middleware.NoBasic",
    "portal.middleware.TokenUser",
    "portal.middleware.SignedInOnly",
]
PREFIX = os.environ.get("PREFIX", "")
