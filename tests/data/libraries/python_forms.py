# Fields of forms and serializers of Django: what each lets through, and what their own methods refuse.
import os
import re

import requests
from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpResponse
from rest_framework import serializers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView


class SearchForm(forms.Form):
    text = forms.CharField()
    number = forms.IntegerField()
    choice = forms.ChoiceField(choices=[("a", "A")])
    address = forms.URLField()
    upload = forms.FileField()
    code = forms.CharField()
    loose = forms.CharField()
    held = forms.RegexField(regex=r"^[a-z]+$")
    listed = forms.CharField(validators=[RegexValidator(r"^[a-z]+$")])
    begins = forms.CharField(validators=[RegexValidator(r"^[a-z]+")])

    def clean_code(self):
        value = self.cleaned_data["code"]
        if not re.fullmatch(r"[a-z]+", value):
            raise forms.ValidationError("no code")
        return value

    def clean_loose(self):
        return self.cleaned_data["loose"].strip()


def search(request):
    form = SearchForm(request.POST, request.FILES)
    if form.is_valid():
        os.system(form.cleaned_data["text"])  # $ command-injection
        os.system(str(form.cleaned_data["number"]))
        os.system(form.cleaned_data["choice"])
        requests.get(form.cleaned_data["address"], timeout=1)  # $ server-side-request-forgery
        open("/srv/" + form.cleaned_data["upload"].name, "wb")
        os.system(form.cleaned_data["code"])
        os.system(form.cleaned_data["loose"])  # $ command-injection
        os.system(form.cleaned_data["held"])
        os.system(form.cleaned_data["listed"])
        os.system(form.cleaned_data["begins"])  # $ command-injection
    os.system(form.data["text"])  # $ command-injection
    return HttpResponse()


class Note(models.Model):
    title = models.CharField(max_length=10)
    kind = models.CharField(max_length=10, choices=[("a", "A")])
    secret = models.CharField(max_length=10)
    number = models.IntegerField()


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ["title", "kind", "number"]


class Notes(viewsets.ModelViewSet):
    queryset = Note.objects.all()
    serializer_class = NoteSerializer

    def perform_create(self, serializer):
        os.system(serializer.validated_data["title"])  # $ command-injection
        os.system(serializer.validated_data["kind"])
        os.system(str(serializer.validated_data["number"]))
        os.system(serializer.validated_data["secret"])


class CommandSerializer(serializers.Serializer):
    command = serializers.CharField()
    held = serializers.RegexField(r"^[a-z]+$")
    known = serializers.CharField()
    other = serializers.CharField()

    def validate_known(self, value):
        if value not in ("a", "b"):
            raise serializers.ValidationError("not known")
        return value

    def validate_other(self, value):
        if value == "a":
            raise serializers.ValidationError("not that")
        return value


class Commands(APIView):
    def post(self, request):
        found = CommandSerializer(data=request.data)
        found.is_valid(raise_exception=True)
        os.system(found.validated_data["command"])  # $ command-injection
        os.system(found.validated_data["held"])
        os.system(found.validated_data["known"])
        os.system(found.validated_data["other"])  # $ command-injection
        return Response()


def remove_pages(file):
    os.remove(f"/tmp/{file.name}_1.pdf")


def remove_named(name):
    os.remove(f"/tmp/{name}_1.pdf")  # $ path-traversal


def remove_all(data):
    for file in data["files"]:
        remove_pages(file)


class Uploads(APIView):
    def post(self, request):
        remove_all({"files": request.FILES.getlist("files")})
        remove_pages(request.FILES["file"])
        remove_named(request.data["name"])
        return Response()
