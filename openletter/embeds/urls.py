from __future__ import annotations

from django.urls import path

from openletter.embeds import frame_views, oembed_views, picture_views, program_views

app_name = "embeds"
urlpatterns = [
    path("<slug:slug>/embed/", frame_views.frame, name="frame"),
]
for_programs = [
    path("oembed", oembed_views.oembed, name="oembed"),
]
# The language is a parameter: whoever puts a picture anywhere has one address for it.
pictures = [
    path("<slug:slug>/shields.json", program_views.shields, name="shields"),
    path("<slug:slug>/series.json", program_views.series, name="series"),
    path("<slug:slug>/badge.svg", picture_views.badge, name="badge"),
]
