"""Pages of the admin that several desks share: ask once more, and what was typed but not saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from openletter.letters import rendering
from openletter.letters.markup.warnings import warnings_for
from openletter.letters.models import Translation, UpdateText
from openletter.letters.reading import direction_of
from openletter.lib.staff import ModelAdmin

_MOST_TEXTS = 50
_MOST_CHARACTERS = 100_000


def ask(
    desk: ModelAdmin[Any],
    request: HttpRequest,
    subject: object,
    label: object,
    question: object,
    form: forms.Form,
    back: str,
    texts: Iterable[Translation | UpdateText] = (),
) -> HttpResponse:
    """Return a page that asks once more; its button posts to the same address.

    `texts` are those that would be published: what their authors should look at stands above it.
    """
    context = {
        **desk.admin_site.each_context(request),
        "title": label,
        "label": label,
        "question": question,
        "subject": subject,
        "form": form,
        "back": back,
        "warned": [
            {
                "language_name": _language_name(text.language),
                "warnings": warnings_for(text.markdown),
            }
            for text in texts
        ],
        "opts": desk.model._meta,
    }
    return TemplateResponse(request, "admin/letters/ask.html", context)


def typed_texts(request: HttpRequest, prefix: str) -> list[dict[str, Any]]:
    """Return the texts of an inline formset as typed, saved or not, the way readers see them."""
    texts: list[dict[str, Any]] = []
    for number in range(_MOST_TEXTS):
        markdown = request.POST.get(f"{prefix}-{number}-markdown")
        if markdown is None:
            continue  # published, so shown without a field, or never there
        typed: dict[str, Any] = {
            name: request.POST.get(f"{prefix}-{number}-{name}", "")
            for name in ("language", "title", "addressee")
        }
        typed["html"] = rendering.to_html(markdown[:_MOST_CHARACTERS])
        typed["warnings"] = warnings_for(markdown[:_MOST_CHARACTERS])
        typed["language_name"] = _language_name(typed["language"])
        typed["direction"] = direction_of(typed["language"])
        texts.append(typed)
    return texts


def _language_name(code: str) -> str:
    """Return a language's name, or what was typed for it."""
    return str(dict(settings.LANGUAGES).get(code, code))
