import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "club.settings")
