"""The page "History" of an object tells what was decided about it; the record leads back to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from openletter.letters import publishing
from openletter.letters.models import Letter
from openletter.moderation import audit
from openletter.moderation.history import desk_of
from openletter.moderation.models import AuditEntry
from openletter.self_service import mail_choices
from openletter.signatures.models import Signature
from tests.factories import decide, log_in, make_letter, make_moderator, make_published

pytestmark = pytest.mark.django_db
S = Signature.State


def history_of(row: Any, desk: Any = None) -> Any:
    kind = f"{row._meta.app_label}_{row._meta.model_name}"
    return (desk or log_in()).get(reverse(f"admin:{kind}_history", args=[row.pk]))


def test_the_history_of_a_signature_tells_every_decision() -> None:
    signature, other = make_published(), make_published()
    for to, reason in ((S.HELD, "an odd name"), (S.REMOVED, "a forgery"), (S.PUBLISHED, "sorry")):
        decide(signature, to, reason=reason)
    decide(other, S.HELD, reason="somebody else")
    page = history_of(signature)
    assert [entry["reason"] for entry in page.context["entries"]] == [
        "an odd name", "a forgery", "sorry",
    ]  # fmt: skip
    assert "a forgery" in page.content.decode()
    assert "doesn’t have a change history" not in page.content.decode()


def test_the_own_page_of_a_signature_tells_every_decision_and_offers_the_next() -> None:
    signature = make_published()
    decide(signature, S.HELD, reason="an odd name")
    decide(signature, S.REMOVED, reason="a forgery")
    page = log_in().get(reverse("admin:signatures_signature_change", args=[signature.pk]))
    told = page.content.decode()
    assert told.index("an odd name") < told.index("a forgery")
    assert 'name="action" value="published"' in told


def test_the_history_of_a_letter_and_its_versions_tells_how_it_was_published_and_closed() -> None:
    letter = make_letter()
    publishing.change_state(
        letter_id=letter.pk, to=Letter.State.CLOSED, actor_id=None, reason="", now=timezone.now()
    )
    told = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert len(told) == 2
    desk = log_in()
    for row in (letter, letter.versions.get()):
        assert [entry["pk"] for entry in history_of(row, desk).context["entries"]] == told


def test_an_entry_leads_to_what_it_is_about_from_the_list_and_its_page() -> None:
    signature = make_published()
    decide(signature, S.HELD)
    entry = AuditEntry.objects.latest("pk")
    link = reverse("admin:moderation_auditentry_object", args=[entry.pk])
    desk = log_in()
    for page in (
        "/admin/moderation/auditentry/",
        f"/admin/moderation/auditentry/{entry.pk}/change/",
    ):
        assert f'href="{link}"' in desk.get(page).content.decode()
    target = reverse("admin:signatures_signature_change", args=[signature.pk])
    assert desk.get(link)["Location"] == target


@pytest.mark.parametrize("object_id", ["no-uuid", "0199c5a4-0000-7000-8000-000000000000"])
def test_an_entry_about_what_is_gone_says_so(object_id: str) -> None:
    audit.record(
        actor_id=None, action="held signature", object_kind="signature", object_id=object_id,
        reason="", now=timezone.now(),
    )  # fmt: skip
    entry = AuditEntry.objects.get()
    link = reverse("admin:moderation_auditentry_object", args=[entry.pk])
    answer = log_in().get(link, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/auditentry/{entry.pk}/change/")
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]


def test_who_may_not_see_the_record_sees_none_of_it_there() -> None:
    signature = make_published()
    decide(signature, S.HELD, reason="an odd name")
    user = make_moderator("sandra@example.org", is_superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_signature"))
    page = history_of(signature, log_in(user))
    assert page.status_code == 200
    assert "an odd name" not in page.content.decode()


@pytest.mark.parametrize("kind", ["letter", "update", "mailing", "signature", "source", "account"])
def test_every_kind_with_a_page_is_led_to(kind: str) -> None:
    assert desk_of(kind) is not None


def test_what_the_site_gave_as_a_reason_is_in_the_readers_language() -> None:
    signature = make_published()
    mail_choices.not_me(signature, now=timezone.now())
    decide(make_published(), S.HELD, reason="a forgery")
    desk = log_in()
    desk.cookies["django_language"] = "de"
    pages = [
        desk.get(page, headers={"Accept-Language": "de"}).content.decode()
        for page in (
            "/admin/moderation/auditentry/",
            reverse("admin:signatures_signature_history", args=[signature.pk]),
        )
    ]
    assert all("jemand anders unterschrieben" in page for page in pages)
    assert "a forgery" in pages[0]
