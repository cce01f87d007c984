from configurations import Configuration, values


class Base(Configuration):
    ROOT_URLCONF = "shop.urls"
    API_VERSION = "v2"
    REST_FRAMEWORK = {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
        "DEFAULT_THROTTLE_RATES": {"orders": values.Value("80/minute")},
    }


class Development(Base):
    API_VERSION = "dev"
    REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": []}


class Production(Base):
    pass
