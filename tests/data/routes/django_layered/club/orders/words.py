def made():
    from club.urls import urlpatterns  # when it is called, all modules have run

    return f"{len(urlpatterns)} pages"


title = made()
