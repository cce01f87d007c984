"""Settings in classes, as django-configurations has them: the one that `manage.py` names counts."""

from configurations import Configuration


class Base(Configuration):
    ROOT_URLCONF = "club.urls"
    REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}


class Local(Base):
    DEBUG = True


class Production(Base):
    @property
    def REST_FRAMEWORK(self):
        return {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}
