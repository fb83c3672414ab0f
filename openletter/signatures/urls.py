from __future__ import annotations

from django.urls import path

from openletter.signatures import views
from openletter.signatures.abuse import views as abuse
from openletter.signatures.inbox import views as inbox

app_name = "signatures"
# What scripts ask for has no words in it, and so no language in its address.
for_scripts = [
    path("<slug:slug>/proof.json", abuse.challenge, name="challenge"),
]
urlpatterns = [
    path("s/<str:token>/inbox/", inbox.show, name="inbox"),
    path("s/<str:token>/code/", inbox.code, name="code"),
    path("s/<str:token>/choose/", inbox.choose, name="choose"),
    path("s/<str:token>/resend/", inbox.resend, name="resend"),
    path("s/<str:token>/form/", inbox.fill_in_again, name="fill_in_again"),
    path("s/<str:token>/ask-to-resume/", inbox.ask_to_resume, name="ask_to_resume"),
    path("s/<str:token>/confirm/", views.confirm, name="confirm"),
    path("s/<str:token>/renew/", views.renew, name="renew"),
    path("s/<str:token>/signed/", views.signed, name="signed"),
    path("<slug:slug>/sign/", views.sign, name="sign"),
]
