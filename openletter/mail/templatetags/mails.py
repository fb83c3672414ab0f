"""What a mail is called, for the templates of the desk."""

from __future__ import annotations

from django import template

from openletter.mail.outbox.kinds import label_of

register = template.Library()
register.filter("mail_label", label_of)
