"""Objections, below /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from openletter.claims.desk import views

app_name = "desk_claims"
_staff = admin.site.admin_view

urlpatterns = [
    path("", _staff(views.page), name="page"),
    path("undo/", _staff(views.undo), name="undo"),
    path("letters/", _staff(views.letters), name="letters"),
    path("letters/<int:pk>/", _staff(views.choose), name="choose"),
]
