from django.db import models


class Settings(models.Manager):
    def get(self, **kwargs):
        return super().get(**kwargs)


class Setting(models.Model):
    name = models.CharField(max_length=20)
    value = models.BooleanField()
    objects = Settings()


class Note(models.Model):
    text = models.TextField()
