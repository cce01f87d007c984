from django.db import models


class Order(models.Model):
    title = models.CharField(max_length=10)


class Note(models.Model):
    author = models.ForeignKey("auth.User", on_delete=models.CASCADE)
