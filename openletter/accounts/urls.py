from __future__ import annotations

from django.urls import include, path

from openletter.accounts import views

urlpatterns = [
    # Before allauth's page of this name, which mails to whatever is typed into it. An address is
    # changed in the admin.
    path("email/", views.no_such_page, name="account_email"),
    path("", include("allauth.urls")),
]
