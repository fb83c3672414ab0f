from __future__ import annotations

from django.urls import path

from openletter.pages import health, mailbox, news_views, version_views, views

app_name = "pages"
operations = [
    # Never reached: `health.answer_healthz` answers before a view is looked for. It stands here so
    # that the address is known, to `reverse` and to the tests of every address.
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *mailbox.urlpatterns,
]
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.letter, name="letter"),
    path("<slug:slug>/signatures/", views.signatories, name="signatories"),
    path("<slug:slug>/updates/", news_views.updates, name="updates"),
    path("<slug:slug>/updates/<int:number>/", news_views.update, name="update"),
    path("<slug:slug>/versions/", version_views.every_version, name="versions"),
    path("<slug:slug>/versions/<int:number>/", version_views.version, name="version"),
    path("<slug:slug>/versions/<int:number>/changes/", version_views.changes, name="changes"),
]
