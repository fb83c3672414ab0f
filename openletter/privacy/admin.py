"""One person's data at the desk: found by the whole address, handed over or erased, on record."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from openletter.accounts.access import Action, needs
from openletter.lib.admin.pages import answer
from openletter.lib.db import clock
from openletter.lib.people.addresses import email_key
from openletter.mail.personal import mails_to
from openletter.moderation import audit
from openletter.privacy import flows
from openletter.privacy.flows import Erasure
from openletter.privacy.forms import EraseForm, ExportForm, PersonForm
from openletter.signatures import personal
from openletter.signatures.models import Signature


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.FIND_PERSON)
def find(request: HttpRequest) -> HttpResponse:
    """Take an address by POST, so that it never stands in a URL."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("desk_privacy:person", email_key(form.cleaned_data["email"]).hex())
    context = {"form": form}
    return answer(request, "admin/privacy/find.html", _("One person’s data"), context)


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise Http404 from None
    if len(key) != 32:
        raise Http404
    return key


@require_safe
@needs(Action.FIND_PERSON)
def person(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is held, without the address: letters, states and how many mails."""
    found = personal.person(_key(key))
    signatures = Signature.objects.filter(public_id__in=found.public_ids)
    context = {
        "key": key,
        "signatures": signatures.select_related("letter").defer("email").order_by("pk"),
        "mails": mails_to(found).count(),
        "export_form": ExportForm(),
    }
    return answer(request, "admin/privacy/person.html", _("One person’s data"), context)


@require_http_methods(["POST"])
@needs(Action.EXPORT_PERSON)
def export(request: HttpRequest, key: str) -> HttpResponse:
    """Hand over everything as JSON, once somebody said why."""
    whose = _key(key)
    form = ExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please give a reason: it is kept in the audit record."))
        return redirect("desk_privacy:person", key)
    now = clock.now()
    with transaction.atomic():
        _record(request, "export person", whose, form.cleaned_data["reason"])
        said = flows.export(whose, now=now)
    response = JsonResponse(said, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="person.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.ERASE_PERSON)
def erase(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once more, then erase a person on every letter."""
    whose = _key(key)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        what = Erasure(whose, keep_count=form.cleaned_data["keep_count"])
        reason = form.cleaned_data["reason"]
        with transaction.atomic():
            _record(request, "erase person", whose, reason)
            number = flows.erase(what, actor_id=request.user.pk, reason=reason, now=clock.now())
        messages.success(request, _("Erased signatures: %(number)s.") % {"number": number})
        return redirect("desk_privacy:person", key)
    back = reverse("desk_privacy:person", args=[key])
    context = {"form": form, "back": back}
    return answer(request, "admin/privacy/erase.html", _("Erase this person’s data?"), context)


def _record(request: HttpRequest, action: str, key: bytes, reason: str) -> None:
    audit.record(
        actor_id=request.user.pk,
        action=action,
        object_kind="person",
        object_id=key.hex()[:32],  # enough to find the same person again, and it is no address
        reason=reason,
        now=clock.now(),
    )
