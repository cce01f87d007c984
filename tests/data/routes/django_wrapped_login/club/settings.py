ROOT_URLCONF = "club.urls"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "club.middleware.MaintenanceMode",
    "club.middleware.AskEverybody",
]
