from __future__ import annotations

from django.urls import path

from openletter.self_service import link_views, mail_views, signature_views

app_name = "self_service"
urlpatterns = [
    path("s/done/<slug:what>/", link_views.done, name="done"),
    path("s/<str:token>/", signature_views.mine, name="mine"),
    path("s/<str:token>/correct/", signature_views.correct, name="correct"),
    path("s/<str:token>/set/<slug:act>/", signature_views.act, name="act"),
    path("s/<str:token>/get-mail/", signature_views.get_mail, name="get_mail"),
    path("s/<str:token>/newest/", signature_views.sign_newest, name="sign_newest"),
    path("s/<str:token>/withdraw/", signature_views.withdraw, name="withdraw"),
    path("s/<str:token>/my-signature.json", signature_views.download, name="download"),
    path("s/<str:token>/erase/", signature_views.erase, name="erase"),
    path("s/<str:token>/resume/", mail_views.resume, name="resume"),
    path("s/<str:token>/not-me/", mail_views.not_me, name="not_me"),
    path("s/<str:token>/stop/", mail_views.stop, name="stop"),
    path("s/<str:token>/unsubscribe/", mail_views.unsubscribe, name="unsubscribe"),
    path("<slug:slug>/my-signature/", link_views.send_link, name="send_link"),
    path("<slug:slug>/my-signature/sent/", link_views.link_sent, name="link_sent"),
]
