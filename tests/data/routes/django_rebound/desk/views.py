from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpResponse


def tickets(request):
    return HttpResponse("tickets")


tickets = staff_member_required(tickets)


def news(request):
    return HttpResponse("news")
