"""Serializers that views make by the class that they name, and fields that serializers and forms take over from models."""

import os

from django import forms
from django.db import models
from django.http import HttpResponse, QueryDict
from django.urls import path
from rest_framework import serializers, viewsets
from rest_framework.response import Response


class Note(models.Model):
    title = models.CharField(max_length=80)
    pages = models.IntegerField()
    day = models.DateField()


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["title", "pages", "day"]


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = "__all__"


class Notes(viewsets.ModelViewSet):
    serializer_class = NoteSerializer
    queryset = Note.objects.all()

    def create(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        os.system("print " + serializer.validated_data["title"])  # $ alert
        os.system("print %s" % serializer.validated_data["pages"])
        return Response(serializer.data)


def save(request):
    form = NoteForm(request.POST)
    if form.is_valid():
        os.system("print " + form.cleaned_data["title"])  # $ alert
        os.system("print %s" % form.cleaned_data["pages"])
        os.system("print %s" % form.cleaned_data["day"])
    os.system("print " + QueryDict(request.body)["title"])  # $ alert
    return HttpResponse("saved")


urlpatterns = [path("save", save)]
