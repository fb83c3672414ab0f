"""Many that wait on one page: whoever has read their words publishes them with one press."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.lib.admin.keys import key_in
from openletter.lib.db import clock
from openletter.moderation import given_reasons, reviews
from openletter.signatures import decisions, held_reasons
from openletter.signatures.abuse import flags
from openletter.signatures.desk import queue
from openletter.signatures.desk.queue import Narrowed
from openletter.signatures.models import Signature

MOST = 50
# In the session: what was published by the last press, to be taken back by another.
_PUBLISHED = "published at once"
_S = Signature.State


@access.needs(Action.DECIDE_SIGNATURES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show what waits with all its words; or publish what was shown, but for what is picked out."""
    narrowed = _narrowed(request)
    if request.method == "POST":
        return _publish(request, narrowed)
    moderator, now = _moderator(request), clock.now()
    found = queue.take_many(narrowed, moderator_id=moderator, now=now, most=MOST)
    context = {
        **admin.site.each_context(request),
        "title": _("Signatures that wait, many on a page"),
        "opts": Signature._meta,
        "narrowed": narrowed,
        "waiting": queue.waiting(narrowed, moderator_id=moderator),
        "found": [(one, _why(one)) for one in found],
        "published": len(request.session.get(_PUBLISHED, [])),
    }
    return TemplateResponse(request, "admin/signatures/many.html", context)


@access.needs(Action.DECIDE_SIGNATURES)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Let all that this moderator published by the last press be held again, as it was before."""
    published, now = request.session.pop(_PUBLISHED, []), clock.now()
    rows = _decidable(request, [key for key, _revision, _because in published])
    mine = frozenset(rows.values_list("pk", flat=True))
    undone = 0
    for key, revision, because in published:
        if key not in mine:
            continue
        try:
            decisions.undo(
                signature_id=key,
                revision=revision,
                decided=_S.PUBLISHED,
                actor_id=_moderator(request),
                held_because=because,
                now=now,
            )
            undone += 1
        except decisions.NotAllowed:
            continue
    _say_undone(request, undone, len(published) - undone)
    return redirect(reverse("admin:signatures_signature_many") + _narrowed(request).query)


def _publish(request: HttpRequest, narrowed: Narrowed) -> HttpResponse:
    picked_out = {key_in(text) for text in request.POST.getlist("apart")}
    shown = [(key, revision) for key, revision in _shown(request) if key not in picked_out]
    rows = queue.told_by_words(_decidable(request, [key for key, _revision in shown]))
    because = dict(rows.values_list("pk", "held_because"))
    moderator = _moderator(request)
    free = reviews.claim_all(decisions.REVIEWED_AS, because.keys(), moderator_id=moderator)
    published = [
        (key, revision, because[key])
        for key, revision in shown
        if key in free and _decide(key, revision, moderator)
    ]
    request.session[_PUBLISHED] = published
    _say_published(request, len(published), len(shown) - len(published))
    to = "admin:signatures_signature_queue" if picked_out else "admin:signatures_signature_many"
    return redirect(reverse(to) + narrowed.query)


def _decide(key: int, revision: int, moderator_id: int) -> bool:
    """Publish a signature; say whether it still was what the page showed."""
    try:
        decisions.decide(
            signature_id=key,
            revision=revision,
            seen=_S.HELD,
            to=_S.PUBLISHED,
            actor_id=moderator_id,
            reason=given_reasons.LOOKED_AT,
            now=clock.now(),
        )
    except decisions.NotAllowed:
        return False
    return True


def _shown(request: HttpRequest) -> Iterator[tuple[int, int]]:
    """Return the keys that the page had, each with the revision of the words it showed."""
    for text in request.POST.getlist("shown")[:MOST]:
        key, _dot, revision = text.partition(".")
        found = key_in(key), key_in(revision)
        if found[0] is not None and found[1] is not None:
            yield found[0], found[1]


def _decidable(request: HttpRequest, keys: list[int]) -> QuerySet[Signature]:
    """Return those of some signatures about which somebody decides."""
    mine = access.visible(request.user, Action.DECIDE_SIGNATURES, Signature)
    return mine.filter(pk__in=keys)


def _why(one: Signature) -> list[str]:
    suspicions = [flags.in_words([flag]) for flag in one.flags]
    return list(dict.fromkeys(filter(None, [held_reasons.in_words(one.held_because), *suspicions])))


def _say_published(request: HttpRequest, done: int, left: int) -> None:
    if done:
        text = ngettext(
            "%(number)s signature is published.", "%(number)s signatures are published.", done
        )
        messages.success(request, text % {"number": done})
    if left:
        text = ngettext(
            "%(number)s signature was left: it has changed since you saw it, needs a card of its"
            " own, or another moderator has it.",
            "%(number)s signatures were left: they have changed since you saw them, need cards of"
            " their own, or another moderator has them.",
            left,
        )
        messages.warning(request, text % {"number": left})
    if not done and not left:
        messages.warning(request, _("Nothing was chosen, so nothing was published."))


def _say_undone(request: HttpRequest, done: int, left: int) -> None:
    if done:
        text = ngettext(
            "%(number)s signature is waiting again.",
            "%(number)s signatures are waiting again.",
            done,
        )
        messages.success(request, text % {"number": done})
    if left:
        text = ngettext(
            "%(number)s signature has changed since and stays as it is.",
            "%(number)s signatures have changed since and stay as they are.",
            left,
        )
        messages.warning(request, text % {"number": left})
    if not done and not left:
        messages.warning(request, _("There is nothing to undo."))


def _narrowed(request: HttpRequest) -> Narrowed:
    among = access.letters_for(request.user, Action.DECIDE_SIGNATURES)
    return Narrowed.by(request.GET, among=among)


def _moderator(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
