ROOT_URLCONF = "club.urls"
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}
SPECTACULAR_SETTINGS = {"TITLE": "Club", "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"]}
