"""One person's data, below /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from openletter.privacy import admin as views

app_name = "desk_privacy"
_staff = admin.site.admin_view

urlpatterns = [
    path("", _staff(views.find), name="find"),
    path("<str:key>/", _staff(views.person), name="person"),
    path("<str:key>/export/", _staff(views.export), name="export"),
    path("<str:key>/erase/", _staff(views.erase), name="erase"),
]
