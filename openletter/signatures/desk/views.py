"""The queue at the desk: a card, a key, the next card."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters.models import Letter, language_choices
from openletter.lib.admin.keys import key_in
from openletter.lib.db import clock
from openletter.moderation import given_reasons, reviews
from openletter.moderation.rules import notable_names
from openletter.signatures import countries, decisions, held_reasons, removal_notices
from openletter.signatures.abuse import flags
from openletter.signatures.desk import known, queue
from openletter.signatures.desk.forms import KEEP, PUBLISH, REMOVE, CardForm
from openletter.signatures.desk.queue import Narrowed
from openletter.signatures.models import Signature

# In the session: what was decided last, to be undone. Keys and codes, nobody's words.
_DECIDED = "decided"
_MOST_UNDONE = 50
_MOST_CARDS = 50  # that a page has, or waits to hear of
_S = Signature.State
_KEYS = Signature.objects.only("pk", "letter", "held_because", "letter__team").select_related(
    "letter"
)


@access.needs(Action.DECIDE_SIGNATURES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the next card, or carry out what was decided about one."""
    if request.method == "POST":
        return _decide(request)
    narrowed = _narrowed(request)
    return _show(request, narrowed, _asked_for(request) or _next(request, narrowed))


@access.needs(Action.DECIDE_SIGNATURES)
@never_cache
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """Return the next card by itself, for a page that has some already; 204 without one.

    Or the one that is asked for as it is now, unless it is decided or before another moderator.
    """
    narrowed = _narrowed(request)
    signature = _asked_for(request) if "card" in request.GET else _next(request, narrowed)
    if signature is None:
        return HttpResponse(status=204)
    return TemplateResponse(
        request, "admin/signatures/card.html", _card(request, signature, narrowed)
    )


@access.needs(Action.DECIDE_SIGNATURES)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what this moderator decided last, and show its card again."""
    back = reverse("admin:signatures_signature_queue") + _narrowed(request).query
    decided = request.session.get(_DECIDED, [])
    # The page says which one it means: another tab may have decided since.
    meant = request.POST.get("signature", "")
    found = [one for one in decided if not meant or str(one[0]) == meant]
    if not found:
        messages.warning(request, _("There is nothing to undo."))
        return redirect(back)
    key, revision, act, because = found[-1]
    access.get_object(request.user, Action.DECIDE_SIGNATURES, _KEYS, pk=key)
    request.session[_DECIDED] = [one for one in decided if one is not found[-1]]
    try:
        if act == KEEP:
            decisions.keep_held_no_longer(
                signature_id=key, revision=revision, actor_id=_moderator(request)
            )
        else:
            decisions.undo(
                signature_id=key,
                revision=revision,
                decided=_S(act),
                actor_id=_moderator(request),
                held_because=because,
                now=clock.now(),
            )
    except decisions.NotAllowed:
        text = _("This signature has changed since you decided, so nothing was undone.")
        messages.error(request, text)
        return redirect(back)
    messages.success(request, _("Your last decision is undone. The signature is waiting again."))
    return redirect(f"{back}{'&' if '?' in back else '?'}card={key}")


def _decide(request: HttpRequest) -> HttpResponse:
    narrowed = _narrowed(request)
    form = CardForm(request.POST)
    if not form.is_valid():
        if _wants_json(request):
            said = " ".join(str(text) for texts in form.errors.values() for text in texts)
            return JsonResponse({"said": said}, status=422)
        return _show(request, narrowed, _asked_for(request, form.data.get("signature")), form)
    said = _carry_out(request, form.cleaned_data)
    if _wants_json(request):
        return JsonResponse({"said": said}, status=409 if said else 200)
    if said:
        messages.error(request, said)
    return redirect(reverse("admin:signatures_signature_queue") + narrowed.query)


def _carry_out(request: HttpRequest, typed: dict[str, Any]) -> str:
    """Do what was decided; return what to say where it could not be done."""
    key, revision, act = typed["signature"], typed["revision"], typed["act"]
    moderator, now = _moderator(request), clock.now()
    because = access.get_object(request.user, Action.DECIDE_SIGNATURES, _KEYS, pk=key).held_because
    try:
        if act == KEEP:
            if not reviews.claim(decisions.REVIEWED_AS, key, moderator_id=moderator):
                return _(
                    "Another moderator has this signature before them now: it is left to them."
                )
            decisions.keep_held(
                signature_id=key,
                revision=revision,
                actor_id=moderator,
                reason=typed["why"],
                now=now,
            )
        else:
            decisions.decide(
                signature_id=key,
                revision=revision,
                seen=_S.HELD,
                to=_S(act),
                actor_id=moderator,
                reason=typed["why"],
                now=now,
                tells=typed["tells"],
            )
    except decisions.ChangedMeanwhile:
        return _("This signature has changed since you saw it. Please look at it again.")
    except decisions.NotAllowed:
        return _("Another signature from the same address counts already, so this one cannot.")
    decided = request.session.get(_DECIDED, [])
    request.session[_DECIDED] = [*decided, [key, revision, act, because]][-_MOST_UNDONE:]
    return ""


def _show(
    request: HttpRequest,
    narrowed: Narrowed,
    signature: Signature | None,
    form: CardForm | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Signatures that wait for a decision"),
        "opts": Signature._meta,
        "narrowed": narrowed,
        "waiting": queue.waiting(narrowed, moderator_id=_moderator(request)),
        "letters": _letters(request),
        "reasons": held_reasons.all_reasons(),
        "flags": flags.MEANINGS,
        "countries": countries.names(),
        "languages": language_choices(),
        "last_decided": next((one[0] for one in reversed(request.session.get(_DECIDED, []))), None),
        "form": form,
        **(_card(request, signature, narrowed) if signature else {}),
    }
    status = 200 if form is None else 422
    return TemplateResponse(request, "admin/signatures/queue.html", context, status=status)


def _letters(request: HttpRequest) -> QuerySet[Letter]:
    mine = access.visible(request.user, Action.DECIDE_SIGNATURES, Letter)
    return mine.order_by("title").only("pk", "title", "sender_name")


def _card(request: HttpRequest, signature: Signature, narrowed: Narrowed) -> dict[str, Any]:
    among = access.letters_for(request.user, Action.SEE_SIGNATURES)
    return {
        "one": signature,
        "narrowed": narrowed,
        "known": known.of(signature, among=among, now=clock.now()),
        "held_because": held_reasons.in_words(signature.held_because),
        "is_watched": signature.held_because == notable_names.REASON,
        "cleared_by": held_reasons.cleared_by(signature.held_because),
        "suspicions": [flags.in_words([flag]) for flag in signature.flags],
        "preview": removal_notices.preview(signature),
        "to_publish": given_reasons.TO_PUBLISH,
        "to_remove": given_reasons.TO_REMOVE,
        "acts": {"publish": PUBLISH, "keep": KEEP, "remove": REMOVE},
    }


def _next(request: HttpRequest, narrowed: Narrowed) -> Signature | None:
    behind = key_in(request.GET.get("behind", ""))
    mine = access.visible(request.user, Action.DECIDE_SIGNATURES, Signature)
    passed = mine.filter(pk=behind).only("created_at").first() if behind else None
    asked = map(key_in, request.GET.get("but_for", "").split(",")[:_MOST_CARDS])
    shown = frozenset(key for key in asked if key is not None)
    moderator, now = _moderator(request), clock.now()
    reviews.renew(decisions.REVIEWED_AS, shown, moderator_id=moderator, now=now)
    return queue.take_next(narrowed, moderator_id=moderator, now=now, but_for=shown, behind=passed)


def _asked_for(request: HttpRequest, key: str | None = None) -> Signature | None:
    """Return the card that an address or a form names, if nobody else has it before them."""
    found = key_in(request.GET.get("card", "") if key is None else key)
    if found is None:
        return None
    among = _narrowed(request).among
    return queue.take(found, moderator_id=_moderator(request), among=among)


def _narrowed(request: HttpRequest) -> Narrowed:
    """Return what somebody wants to see of what they may decide about."""
    among = access.letters_for(request.user, Action.DECIDE_SIGNATURES)
    return Narrowed.by(request.GET, among=among)


def _moderator(request: HttpRequest) -> int:
    return int(request.user.pk or 0)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
