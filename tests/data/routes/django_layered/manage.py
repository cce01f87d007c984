import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "club.settings")
os.environ.setdefault("DJANGO_CONFIGURATION", "Production")
