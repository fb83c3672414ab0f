"""What the rules have to be told costs the same, however many have signed."""

from __future__ import annotations

import pytest
from django.utils import timezone

from openletter.moderation.models import RuleSetting
from openletter.moderation.rule_settings import in_force, table
from openletter.signatures import judgement, rule_facts
from openletter.signatures.desk import rule_trial
from tests.factories import make_letter, make_signature
from tests.filling import fill, fill_published
from tests.plans import Plans, analyze, begin_anew, buffers, reads_whole

pytestmark = pytest.mark.django_db
MANY = 5_000


@pytest.mark.slow
def test_a_judgement_reads_no_table_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_facts, "LAST", 100)
    begin_anew()
    letter = make_letter()
    RuleSetting.objects.create(rule="country share", mode="hint")
    attempt = make_signature(letter)

    def judge() -> None:
        rule_facts.forget()
        in_force.forget()
        judgement.judge(attempt, timezone.now())

    with Plans() as plans:
        plans.of(judge)
        fill_published(attempt, MANY)
        fill(attempt, MANY)
        assert reads_whole(plans.of(judge)) == []
        analyze()
        found = plans.of(judge)
        assert reads_whole(found) == []
        assert buffers(found) < 400, [str(plan) for plan in found]


@pytest.mark.slow
@pytest.mark.parametrize("on_a_letter", [True, False])
def test_a_trial_reads_what_it_looks_at(monkeypatch: pytest.MonkeyPatch, on_a_letter: bool) -> None:
    monkeypatch.setattr(rule_trial, "LAST", 100)
    begin_anew()
    attempt = make_signature(make_letter())
    letter = attempt.letter if on_a_letter else None
    changed = RuleSetting(rule="confirmed quickly", mode="hold", letter=letter)
    fill_published(attempt, MANY)
    fill(attempt, MANY)
    analyze()
    with Plans() as plans:
        found = plans.of(lambda: rule_trial.run(changed).sample())
        assert buffers(found) < 1_500, [str(plan) for plan in found]


def test_the_table_of_rules_asks_twice() -> None:
    with Plans() as plans:
        assert len(plans.of(lambda: table.rows(timezone.now()))) == 2
