"""Pages for what cannot be done, each with its reason and a way on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openletter.letters.queries.letters import LetterView
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.mail.models import SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.signatures import judgement
from openletter.signatures.links import OldLink
from openletter.signatures.models import Signature

Action = dict[str, str]


def read_letter(letter: LetterView) -> Action:
    url = reverse("pages:letter", args=[letter.slug])
    return {"label": _("Read the letter"), "url": url, "method": "get"}


def sign_letter(letter: LetterView) -> Action:
    url = reverse("signatures:sign", args=[letter.slug])
    return {"label": _("Sign the letter"), "url": url, "method": "get"}


def send_link(letter: LetterView) -> Action:
    url = reverse("self_service:send_link", args=[letter.slug])
    return {"label": _("Send me the link to my signature"), "url": url, "method": "get"}


def go_home() -> Action:
    return {"label": _("See all letters"), "url": reverse("pages:home"), "method": "get"}


def notice(
    request: HttpRequest,
    *,
    title: str,
    text: str,
    actions: list[Action],
    status: int,
    letter: LetterView | None = None,
) -> HttpResponse:
    """Return a page that says what is the matter and what to do next."""
    context: dict[str, Any] = {
        "notice": {"title": title, "text": text, "actions": actions},
        "letter": letter,
    }
    return render(request, "signatures/notice.html", context, status=status)


def unknown_link(request: HttpRequest, *, has_code: bool = False) -> HttpResponse:
    """A link that was cut off; only where its mail `has_code` is there one to type instead."""
    if has_code:
        text = _(
            "Your mail program may have split it across two lines. Please open it again from the"
            " e-mail, or type the six-digit code from the e-mail on the page where you signed."
        )
    else:
        text = _(
            "Your mail program may have split it across two lines. Please open it again from the"
            " e-mail."
        )
    return notice(
        request,
        title=_("This link is incomplete"),
        text=text,
        actions=[go_home()],
        status=404,
    )


def unknown_page(request: HttpRequest) -> HttpResponse:
    """The page that waits for the mail, by an address that was cut off; no mail leads to it."""
    return notice(
        request,
        title=_("This link is incomplete"),
        text=_(
            "If you have our e-mail, please open the link in it. If not, please fill in the form"
            " of the letter again."
        ),
        actions=[go_home()],
        status=404,
    )


def bad_link(
    request: HttpRequest, problem: tokens.BadToken, *, has_code: bool = False
) -> HttpResponse:
    """A link that stands for nothing: never made here, or ended by its owner."""
    if not isinstance(problem, OldLink):
        return unknown_link(request, has_code=has_code)
    letter = LetterView(problem.signature.translation, clock.now())
    if _reasons_for_no_mail(problem.signature, letter):
        return _no_longer_valid(request, letter, problem.signature)
    return notice(
        request,
        title=_("This link no longer works"),
        text=_(
            "The signature has been withdrawn or deleted since we sent this link, so no earlier"
            " link to it works any more. If there is a newer one, we can send it to you."
        ),
        actions=[send_link(letter), read_letter(letter)],
        status=410,
        letter=letter,
    )


def cross_site(request: HttpRequest) -> HttpResponse:
    return notice(
        request,
        title=_("Please sign on this site"),
        text=_(
            "The form was sent from another website, so we did not accept it. Please open the"
            " letter here and sign it yourself."
        ),
        actions=[go_home()],
        status=403,
    )


def not_open(request: HttpRequest, letter: LetterView) -> HttpResponse:
    """The letter cannot be signed: not yet, or no more."""
    if letter.opens_at is not None and letter.opens_at > letter.now:
        title = _("This letter cannot be signed yet")
        text = _("You can already read it. Please come back when it opens for signatures.")
    else:
        title = _("This letter is closed")
        text = _("It no longer accepts signatures. You can still read it and see who signed.")
    return notice(
        request, title=title, text=text, actions=[read_letter(letter)], status=410, letter=letter
    )


def refused(
    request: HttpRequest, letter: LetterView, attempt: Signature, why: judgement.Refused
) -> HttpResponse:
    """Why this attempt cannot be confirmed."""
    if isinstance(why, judgement.AlreadyConfirmed):
        return _already_confirmed(request, letter, attempt)
    if isinstance(why, judgement.SignedAlready):
        return _signed_already(request, letter)
    if isinstance(why, judgement.LetterClosed):
        return not_open(request, letter)
    if isinstance(why, judgement.LinkExpired):
        return _expired(request, letter, attempt)
    return _no_longer_valid(request, letter, attempt)


def _reasons_for_no_mail(signature: Signature, letter: LetterView) -> set[str]:
    return suppression.reasons(bytes(signature.email_key), letter.letter.topic)


def _no_longer_valid(
    request: HttpRequest, letter: LetterView, signature: Signature
) -> HttpResponse:
    """Offers no mail to an address that gets none: it would lead round in circles."""
    found = _reasons_for_no_mail(signature, letter)
    if SuppressedAddress.Reason.NOT_ME in found:
        text = _(
            "Somebody with this address told us that they had not signed. So we send no more"
            " e-mails about this letter to it. If you want to sign after all, please use another"
            " address."
        )
    elif SuppressedAddress.Reason.STOP in found:
        text = _(
            "All e-mails to this address were stopped. If you want to sign after all, please fill"
            " in the form again: on the page that follows you can ask for a single e-mail with the"
            " button “Send me e-mails again”."
        )
    elif found:
        text = _(
            "This address takes no e-mails from us. If you want to sign after all, please use"
            " another address."
        )
    else:
        text = _(
            "The signature it belongs to was withdrawn, removed or replaced. If you still want to"
            " sign the letter, please fill in the form again."
        )
    return notice(
        request,
        title=_("This link is no longer valid"),
        text=text,
        actions=[sign_letter(letter), read_letter(letter)],
        status=410,
        letter=letter,
    )


def _already_confirmed(
    request: HttpRequest, letter: LetterView, attempt: Signature
) -> HttpResponse:
    signed = reverse("signatures:signed", args=[signed_token(attempt)])
    return notice(
        request,
        title=_("You have already confirmed"),
        text=_("Your signature is in. There is nothing more to do."),
        actions=[
            {"label": _("See your confirmation"), "url": signed, "method": "get"},
            read_letter(letter),
        ],
        status=200,
        letter=letter,
    )


def _signed_already(request: HttpRequest, letter: LetterView) -> HttpResponse:
    return notice(
        request,
        title=_("You have already signed this letter"),
        text=_(
            "We already have a confirmed signature with your e-mail address, so there is no need"
            " to confirm another one."
        ),
        actions=[read_letter(letter)],
        status=409,
        letter=letter,
    )


def _expired(request: HttpRequest, letter: LetterView, attempt: Signature) -> HttpResponse:
    token = tokens.make("confirm", attempt.public_id, generation=attempt.generation)
    renew = reverse("signatures:renew", args=[token])
    return notice(
        request,
        title=_("This link has expired"),
        text=_("Links are valid for seven days. We can send you a new one."),
        actions=[
            {"label": _("Send a new e-mail"), "url": renew, "method": "post"},
            read_letter(letter),
        ],
        status=410,
        letter=letter,
    )


def signed_token(signature: Signature) -> str:
    """Return the token of the page that says which number a signatory has."""
    return tokens.make("signed", signature.public_id, generation=signature.generation)
