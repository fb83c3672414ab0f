from __future__ import annotations

from django.urls import path

from openletter.embeds import frame_views

app_name = "embeds"
urlpatterns = [
    path("<slug:slug>/embed/", frame_views.frame, name="frame"),
]
