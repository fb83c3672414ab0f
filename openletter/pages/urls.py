from __future__ import annotations

from django.urls import path

from openletter.pages import health, mailbox, views

app_name = "pages"
operations = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *mailbox.urlpatterns,
]
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.letter, name="letter"),
    path("<slug:slug>/signatures/", views.signatories, name="signatories"),
]
