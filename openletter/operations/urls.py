"""The delivery page and what belongs to it, below /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from openletter.operations import health, mailbox_views, self_test_views, views

app_name = "operations"
_staff = admin.site.admin_view

urlpatterns = [
    path("", _staff(views.page), name="page"),
    path("throttles/<str:key>/", _staff(views.let_go_on), name="let_go_on"),
    path("dead-letters/", _staff(views.try_all_again), name="try_all_again"),
    path("dead-letters/<uuid:mail_id>/", _staff(views.try_again), name="try_again"),
    path("alarms/<int:alarm_id>/", _staff(views.resolve), name="resolve"),
    path("self-test/", _staff(self_test_views.page), name="self_test"),
    path("self-test/send/", _staff(self_test_views.send), name="send_self_test"),
]
# Never under /admin/. The first is never reached: `health.answer_healthz` answers before a view is
# looked for. It stands here so that the address is known, to `reverse` and to the tests of every
# address.
for_machines = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
# There in development only.
caught_mails = [
    path("mailbox/", mailbox_views.index, name="index"),
    path("mailbox/<str:name>/", mailbox_views.mail, name="mail"),
    path("mailbox/<str:name>/html/", mailbox_views.html_part, name="html_part"),
]
