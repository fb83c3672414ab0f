"""Signing over HTTP: the form, the page of the link with its button, the thanks.

None of these pages carries the visitor's authority (no cookie, no session), so they check who
sent the form (`Sec-Fetch-Site`, `Origin`, a signed form token) instead of a CSRF token.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Translation
from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView
from openletter.letters.shortcuts import letter_or_redirect, letter_wherever
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.lib.http.requests import client_network, is_cross_site, wellformed
from openletter.lib.http.site import absolute
from openletter.signatures import confirmation, error_pages, judgement, opened_pages, signing
from openletter.signatures.abuse import form_tokens, proof_of_work
from openletter.signatures.abuse.rate_limits import Sender
from openletter.signatures.forms import SignForm, read_revision
from openletter.signatures.inbox import resending, typed_form
from openletter.signatures.links import signature_of
from openletter.signatures.models import Signature

_SHOWN_FOR = timedelta(minutes=30)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form, or take it: store the attempt and lead to the inbox page."""
    if request.method == "POST":
        return _take_form(request, slug)
    letter = letter_or_redirect(slug, "signatures:sign")
    if isinstance(letter, HttpResponse):
        return letter
    if not letter.is_open:
        return error_pages.not_open(request, letter)
    form = SignForm(
        letter=letter.letter,
        form_token=form_tokens.make(letter.translation.public_id),
        is_organisation=request.GET.get("as") == Signature.Kind.ORGANISATION,
    )
    return render(request, "signatures/sign.html", {"letter": letter, "form": form})


def _take_form(request: HttpRequest, slug: str) -> HttpResponse:
    if is_cross_site(request):
        return error_pages.cross_site(request)
    problem = ""
    text: Translation | None = None
    try:
        text = letters.signed_text(form_tokens.read(request.POST.get("form_token", "")))
    except form_tokens.OldFormToken as old:
        text = letters.signed_text(old.text_id)
        problem = _("The page was open for more than a day. Please send the form again.")
    except form_tokens.BadFormToken:
        problem = _("The form arrived damaged. Please send it again.")
    if text is None or not letters.had_slug(text.version.letter, slug):
        # No redirect to where a letter has moved: it would lose what was typed.
        letter = letter_wherever(slug)
        text = letter.translation
        problem = problem or _("The form belongs to another letter. Please send it again.")
    elif letters.is_replaced(text):
        seen = text
        text = letters.letter_with_id(text.version.letter.public_id, text.language).translation
        problem = _text_has_changed(seen, text)
    letter = LetterView(text, clock.now())
    if not letter.is_open:
        return error_pages.not_open(request, letter)
    if "switch_to" in request.POST:
        return _switch_kind(request, letter, problem)
    return _judge_form(request, letter, problem)


def _text_has_changed(seen: Translation, newest: Translation) -> str:
    """Return a sentence with links to the changes and to the text; they leave the form alone."""
    number, slug = newest.version.number, newest.version.letter.slug
    is_next = number == seen.version.number + 1
    changes = ("pages:changes", slug, number) if is_next else ("pages:versions", slug)
    context = {
        "changes_url": reverse(changes[0], args=changes[1:]),
        "letter_url": reverse("pages:letter", args=[slug]),
    }
    return render_to_string("signatures/parts/text_has_changed.html", context)


def _switch_kind(request: HttpRequest, letter: LetterView, problem: str) -> HttpResponse:
    """Give the form for the other kind, with what was typed.

    But for the boxes about the name: their words are others, and nobody said yes to these.
    """
    typed = request.POST.copy()
    typed["kind"] = request.POST.get("switch_to", "")
    for about_name in ("show_name", "retain_name"):
        typed.pop(about_name, None)
    form_token = form_tokens.make(letter.translation.public_id)
    form = SignForm(typed, letter=letter.letter, form_token=form_token)
    form.show_unjudged()
    if problem:
        form.add_error(None, problem)
    form.renew_form_token(form_token)
    context = {"letter": letter, "form": form, "is_switched": True}
    return render(request, "signatures/sign.html", context)


def _judge_form(request: HttpRequest, letter: LetterView, problem: str) -> HttpResponse:
    form_token = form_tokens.make(letter.translation.public_id)
    form = SignForm(request.POST, letter=letter.letter, form_token=form_token)
    if form.is_valid() and form.is_from_a_program:
        problem = _(
            "A hidden field was filled in, perhaps by your browser. Please send the form again."
        )
    if problem:
        form.add_error(None, problem)
    if not form.is_valid():
        form.renew_form_token(form_token)
        context = {"letter": letter, "form": form}
        return render(request, "signatures/sign.html", context, status=422)
    email, signer = form.cleaned_data["email"], form.signer()
    reference = signing.sign(
        letter=letter.letter,
        text=letter.translation,
        email=email,
        signer=signer,
        language=get_language() or letter.language,
        now=letter.now,
        sender=Sender(
            network=client_network(request),
            proof=proof_of_work.check(form.proof, letter.letter) or "",
        ),
    )
    fields = {**vars(signer), **form.ticks(), "email": email}
    token = typed_form.inbox_token(reference, letter.letter.public_id, fields)
    return redirect("signatures:inbox", token)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is about to be signed, and one button; only its POST confirms (T01)."""
    try:
        attempt = signature_of("confirm", token)
    except tokens.BadToken as problem:
        return error_pages.bad_link(request, problem, has_code=True)
    letter = LetterView(attempt.translation, clock.now())
    if request.method == "POST":
        if is_cross_site(request):
            return error_pages.cross_site(request)
        revision = read_revision(request.POST.get("revision"))  # an older page does not say
        return confirmed(request, letter, attempt, by=Signature.Way.LINK, revision=revision)
    try:
        judgement.check_confirmable(attempt, letter.now)
    except judgement.Refused as why:
        return error_pages.refused(request, letter, attempt, why)
    if request.method == "GET":
        opened_pages.opened(attempt, now=letter.now)
    mine = tokens.make("mine", attempt.public_id, generation=attempt.generation)
    context = {
        "letter": letter,
        "token": token,
        "signer": attempt,
        "correct_url": reverse("self_service:correct", args=[mine]),
        "is_corrected": request.GET.get("done") == "correct",
        "gets_mail_again": request.GET.get("done") == "get-mail",
        "has_changed": "changed" in request.GET,
    }
    return render(request, "signatures/confirm.html", context)


@csrf_exempt
@require_POST
@private
@wellformed
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new mail to whoever has an expired link; if limits allow none, the link will do."""
    if is_cross_site(request):
        return error_pages.cross_site(request)
    try:
        attempt = signature_of("confirm", token)
    except tokens.BadToken as problem:
        return error_pages.bad_link(request, problem, has_code=True)
    now = clock.now()
    if resending.renew(attempt=attempt, network=client_network(request), now=now):
        inbox = typed_form.inbox_token(attempt.public_id, attempt.letter.public_id)
        return redirect(f"{reverse('signatures:inbox', args=[inbox])}?again=1")
    return redirect("signatures:confirm", token)


def confirmed(
    request: HttpRequest,
    letter: LetterView,
    attempt: Signature,
    *,
    by: Signature.Way,
    revision: int | None = None,
) -> HttpResponse:
    """Confirm an attempt and lead to the thanks, or say why it cannot be."""
    try:
        confirmation.confirm(attempt, by=by, revision=revision, now=letter.now)
        if by == Signature.Way.LINK:
            opened_pages.pressed(attempt, now=letter.now)
    except judgement.AlreadyConfirmed:
        pass  # a second click leads to the same page as the first
    except judgement.WordsChanged:
        token = tokens.make("confirm", attempt.public_id, generation=attempt.generation)
        return redirect(f"{reverse('signatures:confirm', args=[token])}?changed=1")
    except judgement.Refused as why:
        return error_pages.refused(request, letter, attempt, why)
    return redirect("signatures:signed", error_pages.signed_token(attempt))


@require_GET
@private
def signed(request: HttpRequest, token: str) -> HttpResponse:
    """Thank a signatory, say their number, and offer to pass the letter on."""
    try:
        signature = signature_of("signed", token)
    except tokens.BadToken as problem:
        return error_pages.bad_link(request, problem)
    letter = LetterView(signature.translation, clock.now())
    if signature.state not in {Signature.State.PUBLISHED, Signature.State.HELD}:
        return error_pages.refused(request, letter, signature, judgement.NoLongerValid())
    entry = LedgerEntry.objects.filter(signature=signature, kind=LedgerEntry.Kind.SIGNED).first()
    context: dict[str, Any] = {
        "letter": letter,
        "number": entry.count if entry else None,
        "held": signature.state == Signature.State.HELD,
        "signer": signature if _may_show(signature, letter.now) else None,
    }
    return render(request, "signatures/signed.html", context | _share_links(letter))


def _may_show(signature: Signature, now: datetime) -> bool:
    """Say whether the page of thanks names what was signed: at first to everybody.

    Its address stands in a browser and may be passed on by mistake, so that later it names only
    those whom the public list names too.
    """
    lately = signature.confirmed_at is not None and now - signature.confirmed_at < _SHOWN_FOR
    return signature.erased_at is None and (signature.show_name or lately)


def _share_links(letter: LetterView) -> dict[str, Any]:
    """Plain links: nothing of the other sites is loaded until somebody follows one."""
    url = absolute(reverse("pages:letter", args=[letter.slug]))
    words = _("I signed “%(title)s”.") % {"title": letter.title}
    text, address = quote(words), quote(url, safe="")
    return {
        "letter_url": url,
        "share_text": words,
        "share": [
            {"name": _("E-mail"), "url": f"mailto:?subject={text}&body={address}"},
            {"name": "WhatsApp", "url": f"https://wa.me/?text={text}%20{address}"},
            {"name": "Bluesky", "url": f"https://bsky.app/intent/compose?text={text}%20{address}"},
            {"name": "Mastodon", "url": f"https://share.joinmastodon.org/#text={text}%20{address}"},
            {
                "name": "LinkedIn",
                "url": f"https://www.linkedin.com/sharing/share-offsite/?url={address}",
            },
        ],
    }
