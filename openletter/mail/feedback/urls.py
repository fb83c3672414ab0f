from __future__ import annotations

from django.urls import path

from openletter.mail.feedback import webhooks

app_name = "mail"
urlpatterns = [
    path("webhooks/mail/<slug:provider>/", webhooks.webhook, name="webhook"),
]
