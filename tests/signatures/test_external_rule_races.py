"""What happens while another program thinks about a signature, on real connections.

Nothing is locked then, so each act is done at once; the one that waited finds what it left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Letter
from openletter.privacy import flows as privacy_flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes, mail_choices
from openletter.signatures import confirmation, judgement
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_signature
from tests.other_program import Program, asked
from tests.steps import state_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now
Act = Callable[[Signature], object]


@pytest.fixture
def program(transactional_db: None, settings: Any) -> Iterator[Program]:
    make_letter()
    with asked(settings) as found:
        yield found


def confirm(attempt: Signature) -> None:
    confirmation.confirm(Signature.objects.select_related("letter").get(pk=attempt.pk), now=NOW())


def correct(signature: Signature, **words: str) -> None:
    to = changes.Correction(**{"name": "Somebody Else", "represented_by": "", **words})
    changes.correct(signature.pk, to=to, now=NOW())


def erase(signature: Signature) -> None:
    privacy_flows.erase(Erasure(bytes(signature.email_key), signature.letter), now=NOW())


def archive(signature: Signature) -> None:
    Letter.objects.filter(pk=signature.letter_id).update(state=Letter.State.ARCHIVED)


def not_me(signature: Signature) -> None:
    mail_choices.not_me(signature, now=NOW())


def while_it_thinks(program: Program, act: Callable[[], object], verdict: str) -> list[str]:
    """Let an act be done when it is asked first; return what became of that."""
    done: list[str] = []

    def answer(session: Any) -> None:
        if not done:
            done.append("begun")
            try:
                act()
                done[0] = "done"
            finally:
                connection.close()
        session.send(200, b'{"verdict": "%s", "reason": "Odd."}' % verdict.encode(), {})

    program.answers = answer
    return done


@pytest.mark.parametrize("verdict", ["accept", "hold"])
@pytest.mark.parametrize(
    ("act", "refused"),
    [
        (confirm, judgement.AlreadyConfirmed),
        (correct, judgement.WordsChanged),
        (erase, judgement.NoLongerValid),
        (not_me, judgement.NoLongerValid),
        (archive, judgement.LetterClosed),
    ],
)
def test_what_comes_between_is_done_at_once_and_seen(
    program: Program, act: Act, refused: type[Exception], verdict: str
) -> None:
    attempt = make_signature()
    done = while_it_thinks(program, lambda: act(attempt), verdict)
    with pytest.raises(refused):
        confirm(attempt)
    assert done == ["done"]
    signed = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.SIGNED).count()
    assert signed == (act is confirm and verdict == "accept")


def test_others_sign_the_letter_meanwhile(program: Program) -> None:
    attempt, other = make_signature(), make_signature()
    done = while_it_thinks(program, lambda: confirm(other), "accept")
    confirm(attempt)
    assert done == ["done"]
    assert (state_of(attempt), state_of(other)) == ("published", "published")
    assert LedgerEntry.objects.get(signature=other).count == 1


def test_a_correction_finds_what_came_before_it(program: Program) -> None:
    signature = make_signature()
    confirm(signature)
    done = while_it_thinks(program, lambda: correct(signature, title="Lawyer"), "accept")
    with pytest.raises(changes.ChangedMeanwhile):
        correct(signature, title="Baker")
    assert done == ["done"]
    signature.refresh_from_db()
    assert signature.title == "Lawyer"
