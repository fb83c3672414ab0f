from __future__ import annotations

from django.urls import path

from openletter.signatures import inbox_views, mail_views, proof_views, views

app_name = "signatures"
# What scripts ask for has no words in it, and so no language in its address.
for_scripts = [
    path("<slug:slug>/proof.json", proof_views.challenge, name="challenge"),
]
urlpatterns = [
    path("s/<str:token>/inbox/", inbox_views.show, name="inbox"),
    path("s/<str:token>/code/", inbox_views.code, name="code"),
    path("s/<str:token>/choose/", inbox_views.choose, name="choose"),
    path("s/<str:token>/resend/", inbox_views.resend, name="resend"),
    path("s/<str:token>/form/", inbox_views.fill_in_again, name="fill_in_again"),
    path("s/<str:token>/ask-to-resume/", inbox_views.ask_to_resume, name="ask_to_resume"),
    path("s/<str:token>/resume/", mail_views.resume, name="resume"),
    path("s/<str:token>/confirm/", views.confirm, name="confirm"),
    path("s/<str:token>/renew/", views.renew, name="renew"),
    path("s/<str:token>/signed/", views.signed, name="signed"),
    path("s/<str:token>/not-me/", mail_views.not_me, name="not_me"),
    path("s/<str:token>/stop/", mail_views.stop, name="stop"),
    path("s/<str:token>/unsubscribe/", mail_views.unsubscribe, name="unsubscribe"),
    path("<slug:slug>/sign/", views.sign, name="sign"),
]
