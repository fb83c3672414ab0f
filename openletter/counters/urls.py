from __future__ import annotations

from django.urls import path

from openletter.counters import number_views, views

app_name = "counters"
urlpatterns = [
    path("embed/openletter.js", views.embed_script, name="embed_script"),
    path("<slug:slug>/count.json", views.count, name="count"),
    path("<slug:slug>/numbers.json", number_views.numbers_json, name="numbers_json"),
    path("<slug:slug>/numbers.csv", number_views.numbers_csv, name="numbers_csv"),
]
