from django.http import HttpResponse
from oauth2_provider import views as oauth2


def show(request, place, embed=False):
    return HttpResponse(place)


def way(request, place, embed=False):
    return HttpResponse(place)


class Tokens(oauth2.AuthorizedTokensListView):
    def get_queryset(self):
        return super().get_queryset().filter(user=self.request.user)
