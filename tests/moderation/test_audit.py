"""The record of decisions: added to, read, and never changed by anybody (T41)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.moderation import audit
from openletter.moderation.models import AuditEntry
from tests.factories import log_in, make_moderator, make_published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _something_happened() -> None:
    make_published()
    audit.record(
        actor_id=make_moderator("olive@example.org").pk,
        action="removed signature",
        object_kind="signature",
        object_id="01a20a1a",
        reason="a forgery",
        now=timezone.now(),
        before={"state": "published"},
        after={"state": "removed"},
    )


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


CHANGES: dict[str, Callable[[], object]] = {
    "audit: update": lambda: AuditEntry.objects.update(reason="nothing to see"),
    "audit: delete": lambda: AuditEntry.objects.all().delete(),
    "audit: update by SQL": lambda: execute("UPDATE moderation_auditentry SET actor_id = NULL"),
    "audit: delete by SQL": lambda: execute("DELETE FROM moderation_auditentry"),
    "ledger: update": lambda: LedgerEntry.objects.update(count=0),
    "ledger: delete": lambda: LedgerEntry.objects.all().delete(),
    "ledger: update by SQL": lambda: execute("UPDATE ledger_ledgerentry SET kind = 'removed'"),
    "ledger: delete by SQL": lambda: execute("DELETE FROM ledger_ledgerentry"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_t41_the_database_refuses_to_rewrite_history(change: Callable[[], object]) -> None:
    audit_before, ledger_before = AuditEntry.objects.count(), LedgerEntry.objects.count()
    with pytest.raises(IntegrityError, match="append only"), transaction.atomic():
        change()
    assert AuditEntry.objects.count() == audit_before
    assert LedgerEntry.objects.count() == ledger_before


@pytest.mark.parametrize("table", ["moderation/auditentry", "ledger/ledgerentry"])
def test_staff_read_it_and_can_neither_add_change_nor_delete(table: str) -> None:
    desk = log_in()
    model = AuditEntry if "audit" in table else LedgerEntry
    one = model.objects.latest("pk").pk
    assert desk.get(f"/admin/{table}/").status_code == 200
    page = desk.get(f"/admin/{table}/{one}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert desk.post(f"/admin/{table}/{one}/change/", {"reason": "x"}).status_code == 403
    assert desk.post(f"/admin/{table}/add/", {}).status_code == 403
    assert desk.post(f"/admin/{table}/{one}/delete/", {"post": "yes"}).status_code == 403


def test_it_is_found_by_its_object_and_names_who_decided() -> None:
    page = log_in().get("/admin/moderation/auditentry/?q=01a20a1a").content.decode()
    assert "olive@example.org" in page
    assert "a forgery" in page


def test_a_member_of_staff_whose_decisions_are_recorded_cannot_be_deleted() -> None:
    actor = AuditEntry.objects.exclude(actor=None).get().actor
    assert actor is not None
    log_in().post(f"/admin/accounts/user/{actor.pk}/delete/", {"post": "yes"})
    assert type(actor).objects.filter(pk=actor.pk).exists()
