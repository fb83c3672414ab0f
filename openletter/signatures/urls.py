from __future__ import annotations

from django.urls import path

from openletter.signatures import mail_views, proof_views, views

app_name = "signatures"
# What scripts ask for has no words in it, and so no language in its address.
for_scripts = [
    path("<slug:slug>/proof.json", proof_views.challenge, name="challenge"),
]
urlpatterns = [
    path("s/<str:token>/inbox/", views.inbox, name="inbox"),
    path("s/<str:token>/code/", views.code, name="code"),
    path("s/<str:token>/resend/", views.resend, name="resend"),
    path("s/<str:token>/confirm/", views.confirm, name="confirm"),
    path("s/<str:token>/renew/", views.renew, name="renew"),
    path("s/<str:token>/signed/", views.signed, name="signed"),
    path("s/<str:token>/not-me/", mail_views.not_me, name="not_me"),
    path("s/<str:token>/stop/", mail_views.stop, name="stop"),
    path("s/<str:token>/unsubscribe/", mail_views.unsubscribe, name="unsubscribe"),
    path("<slug:slug>/sign/", views.sign, name="sign"),
]
