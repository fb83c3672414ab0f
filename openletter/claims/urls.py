from __future__ import annotations

from django.urls import path

from openletter.claims import claim_views, views

app_name = "claims"
urlpatterns = [
    path("s/<str:token>/appeal/", views.appeal, name="appeal"),
    path("s/<str:token>/claim/", claim_views.confirm, name="confirm"),
    path("s/<str:token>/claim/stop/", claim_views.stop, name="stop"),
    path("<slug:slug>/signatures/<int:place>/claim/", claim_views.claim, name="claim"),
    path("<slug:slug>/signatures/claim/sent/", claim_views.sent, name="sent"),
]
