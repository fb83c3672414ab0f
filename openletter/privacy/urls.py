from __future__ import annotations

from django.urls import path

from openletter.privacy import views

app_name = "privacy"
urlpatterns = [
    path("<slug:slug>/privacy/", views.letter_privacy, name="letter"),
]
