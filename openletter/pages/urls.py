from __future__ import annotations

from django.urls import path

from openletter.pages import number_views, update_views, version_views, views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.letter, name="letter"),
    path("<slug:slug>/signatures/", views.signatories, name="signatories"),
    path("<slug:slug>/numbers/", number_views.numbers, name="numbers"),
    path("<slug:slug>/updates/", update_views.every_update, name="updates"),
    path("<slug:slug>/updates/<int:number>/", update_views.update, name="update"),
    path("<slug:slug>/versions/", version_views.every_version, name="versions"),
    path("<slug:slug>/versions/<int:number>/", version_views.version, name="version"),
    path("<slug:slug>/versions/<int:number>/changes/", version_views.changes, name="changes"),
]
