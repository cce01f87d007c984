from django.db import models


class Shop(models.Model):
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)
