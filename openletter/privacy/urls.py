from __future__ import annotations

from django.urls import path

from openletter.privacy import owner_views, views

app_name = "privacy"
urlpatterns = [
    path("s/done/<slug:what>/", views.done, name="done"),
    path("s/<str:token>/", owner_views.mine, name="mine"),
    path("s/<str:token>/correct/", owner_views.correct, name="correct"),
    path("s/<str:token>/set/<slug:act>/", owner_views.act, name="act"),
    path("s/<str:token>/get-mail/", owner_views.get_mail, name="get_mail"),
    path("s/<str:token>/newest/", owner_views.sign_newest, name="sign_newest"),
    path("s/<str:token>/withdraw/", owner_views.withdraw, name="withdraw"),
    path("s/<str:token>/my-signature.json", owner_views.download, name="download"),
    path("s/<str:token>/erase/", owner_views.erase, name="erase"),
    path("<slug:slug>/my-signature/", views.send_link, name="send_link"),
    path("<slug:slug>/my-signature/sent/", views.link_sent, name="link_sent"),
    path("<slug:slug>/privacy/", views.letter_privacy, name="letter"),
]
