ROOT_URLCONF = "shop.wrong"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
LOGIN_URL = "/accounts/login/"
