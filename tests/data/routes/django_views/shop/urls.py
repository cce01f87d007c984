from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from django.views.generic import TemplateView

from accounts import views as accounts
from shop import views

detail_patterns = ([path("", views.show), path("edit/", views.Edit.as_view())], "detail")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.index),
    path("basket/", views.basket),
    path("parcel/", views.parcel),
    re_path(r"^archive/(?P<year>[0-9]{4})/(?:page-(?P<page>\d+)/)?$", views.archive),
    path("about/", login_required(TemplateView.as_view(template_name="about.html"))),
    path("items/<int:item_id>/", include(detail_patterns)),
    path("items/<slug:slug>/", include((detail_patterns[0], "by-slug"), namespace="by-slug")),
    path("accounts/", include("accounts.urls", namespace="accounts")),
    path("logout/", auth_views.LogoutView.as_view()),
    path("wrapped/", views.wrapped),
    path("part/", views.part),
    path("keyed/", views.keyed),
    path("staff/", views.StaffOnly.as_view()),
    path("everybody/", views.Everybody.as_view()),
    path("board/", views.Board.as_view(login_required=True)),
    path("calculator/", views.Board.as_view()),
]

urlpatterns += i18n_patterns(path("orders/", views.Orders.as_view()), path("orders/<int:pk>/", views.Order.as_view()))

if settings.DEBUG:
    urlpatterns = [path("debug/", views.debug)] + urlpatterns

for name in ("terms", "imprint"):
    urlpatterns.append(path(f"{name}.html", views.page))

urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
urlpatterns += [path("profile/", accounts.profile), path("basket/", views.index)]
urlpatterns += [path("stock/", views.stock)]
urlpatterns += [path("news/<str:feed_key>/all", views.News()), path("brochure/<int:pk>/", views.brochure)]
urlpatterns += [path("notes/", views.Notes.as_view()), path("notes/new/", views.NewNote.as_view())]
