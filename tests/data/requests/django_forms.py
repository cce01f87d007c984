import requests
from django import forms
from django.views.generic import FormView
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.views import APIView
class F(forms.Form):
    url = forms.URLField()
    name = forms.CharField()
    n = forms.IntegerField()
    c = forms.ChoiceField(choices=[("a", "A")])
class V(FormView):
    form_class = F
    def form_valid(self, form):
        requests.get(form.cleaned_data["url"], timeout=1)  # $ alert
        return HttpResponse("<p>" + form.cleaned_data["name"])  # $ alert
def v(request):
    form = F(request.POST)
    if form.is_valid():
        requests.get(form.cleaned_data["url"], timeout=1)  # $ alert
        requests.get(f"https://{form.cleaned_data['n']}", timeout=1)
        requests.get(f"https://{form.cleaned_data['c']}", timeout=1)
        requests.get(f"https://{form.cleaned_data.get('name')}", timeout=1)  # $ alert
class S(serializers.Serializer):
    url = serializers.URLField()
    n = serializers.IntegerField()
    u = serializers.UUIDField()
    c = serializers.ChoiceField(choices=["a"])
    def validate(self, attrs):
        requests.get(attrs["url"], timeout=1)  # $ alert
        return attrs
    def create(self, validated_data):
        requests.get(validated_data["url"], timeout=1)  # $ alert
        requests.get(f"https://{validated_data['n']}", timeout=1)
    def validate_url(self, value):
        requests.get(value, timeout=1)  # $ alert
        return value
class A(APIView):
    def post(self, request):
        s = S(data=request.data)
        s.is_valid(raise_exception=True)
        requests.get(s.validated_data["url"], timeout=1)  # $ alert
        requests.get(f"https://{s.validated_data['n']}", timeout=1)
        requests.get(f"https://{s.validated_data['u']}", timeout=1)
        requests.get(f"https://{s.validated_data['c']}", timeout=1)
