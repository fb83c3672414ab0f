from __future__ import annotations

from django.urls import path

from openletter.counters import views

app_name = "counters"
urlpatterns = [
    path("embed/openletter.js", views.embed_script, name="embed_script"),
    path("<slug:slug>/count.json", views.count, name="count"),
]
