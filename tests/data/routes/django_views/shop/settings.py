from .base_settings import *

ROOT_URLCONF = "shop.urls"
