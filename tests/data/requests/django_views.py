import requests
from django.views import View
from django.views.generic import DetailView, TemplateView
from django.http import HttpResponse, HttpResponseRedirect
from rest_framework.views import APIView
from rest_framework import viewsets, generics
from rest_framework.decorators import api_view, action
from django.shortcuts import redirect
class A(View):
    def get(self, request, name):
        requests.get(request.GET["u"], timeout=1)  # $ alert
        return HttpResponse("x" + name)  # $ alert
    def post(self, request, *args, **kwargs):
        requests.get(self.request.POST.get("u"), timeout=1)  # $ alert
        requests.get(kwargs["u"], timeout=1)
        return HttpResponse("x" + self.kwargs["name"])  # $ alert
class B(DetailView):
    def get_object(self):
        requests.get(self.request.GET["u"], timeout=1)  # $ alert
        requests.get(self.kwargs["u"], timeout=1)  # $ alert
class C(APIView):
    def post(self, request):
        requests.get(request.data["u"], timeout=1)  # $ alert
        requests.get(request.query_params["u"], timeout=1)  # $ alert
class D(viewsets.ModelViewSet):
    def create(self, request):
        requests.get(request.data.get("u"), timeout=1)  # $ alert
    @action(detail=True)
    def foo(self, request, pk=None):
        requests.get(self.request.data.get("u"), timeout=1)  # $ alert
class E(generics.ListAPIView):
    def get_queryset(self):
        requests.get(self.request.query_params.get("u"), timeout=1)  # $ alert
@api_view(["GET"])
def f(request):
    requests.get(request.data["u"], timeout=1)  # $ alert
def g(request):
    return redirect(request.POST["n"])  # $ alert
