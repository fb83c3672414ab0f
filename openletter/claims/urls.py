from __future__ import annotations

from django.urls import path

from openletter.claims import views

app_name = "claims"
urlpatterns = [
    path("s/<str:token>/appeal/", views.appeal, name="appeal"),
]
