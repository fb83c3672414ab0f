"""The desk's pages of statistics, below /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from openletter.statistics import desk_views

app_name = "statistics"
urlpatterns = [
    path("alerts/", admin.site.admin_view(desk_views.alerts), name="alerts"),
    path("letters/letter/<int:pk>/trends/", admin.site.admin_view(desk_views.page), name="trends"),
]
