"""Proofs of work: which are good, and that nothing a stranger sends breaks the check."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import altcha
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openletter.letters.models import Letter
from openletter.mail.limits import throttles
from openletter.mail.models import Throttle
from openletter.signatures.abuse import proof_of_work
from openletter.signatures.models import FormSubmission, Signature
from tests.conftest import Sign, form_for
from tests.factories import make_letter

NEW_KEY = "another-key-another-key-another-key-another-key"
VENDOR = django_settings.BASE_DIR / "static" / "vendor" / "altcha"


@pytest.fixture(autouse=True)
def _easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real challenges take Python a second; these are the same but for the numbers."""
    monkeypatch.setattr(proof_of_work, "ROUNDS", 10)
    monkeypatch.setattr(proof_of_work, "MOST_TRIES", 5)


def solve(told: dict[str, Any]) -> str:
    """Do what the widget does with what it was told."""
    challenge = altcha.Challenge.from_dict(told)
    return altcha.Payload(challenge, solution_of(challenge)).to_base64()


def solution_of(challenge: altcha.Challenge) -> altcha.Solution:
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return solution


def packed(thing: object) -> str:
    return base64.b64encode(json.dumps(thing).encode()).decode()


@pytest.fixture
def letter() -> Letter:
    return Letter()


@pytest.fixture
def good(letter: Letter) -> str:
    return solve(proof_of_work.challenge(letter, timezone.now()))


def test_t05_a_solved_challenge_is_good_and_always_has_the_same_id(
    letter: Letter, good: str
) -> None:
    identity = proof_of_work.check(good, letter)
    assert identity
    assert proof_of_work.check(good, letter) == identity
    # Spelled in another way, it is still the same proof.
    assert proof_of_work.check(f" {good}\n", letter) == identity
    assert len(identity) <= (FormSubmission._meta.get_field("proof").max_length or 0)


def test_each_challenge_has_an_id_of_its_own(letter: Letter) -> None:
    solved = [solve(proof_of_work.challenge(letter, timezone.now())) for _ in range(5)]
    assert len({proof_of_work.check(payload, letter) for payload in solved} - {None}) == 5


def test_any_of_the_numbers_that_are_tried_may_be_the_one_that_fits(letter: Letter) -> None:
    made = [proof_of_work.challenge(letter, timezone.now()) for _ in range(100)]
    solutions = [solution_of(altcha.Challenge.from_dict(told)) for told in made]
    assert {solution.counter for solution in solutions} == set(range(proof_of_work.MOST_TRIES))
    assert {told["parameters"]["cost"] for told in made} == {proof_of_work.ROUNDS}


def test_a_proof_is_good_for_twenty_minutes(letter: Letter) -> None:
    now = timezone.now()
    young = solve(proof_of_work.challenge(letter, now - timedelta(minutes=19)))
    old = solve(proof_of_work.challenge(letter, now - timedelta(minutes=21)))
    assert proof_of_work.check(young, letter)
    assert proof_of_work.check(old, letter) is None


def test_a_proof_is_good_for_its_own_letter_only(good: str) -> None:
    assert proof_of_work.check(good, Letter()) is None


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("parameters", "algorithm", "SHA-256"),
        ("parameters", "cost", 1),
        ("parameters", "keyPrefix", ""),
        ("parameters", "keySignature", None),
        ("parameters", "nonce", "00" * 16),
        ("parameters", "salt", "00" * 16),
        ("parameters", "expiresAt", 4_000_000_000),
        ("parameters", "data", {"letter": "0" * 32}),
        ("challenge", "signature", "0" * 64),
        ("challenge", "signature", None),
        ("solution", "derivedKey", "0" * 64),
        ("solution", "derivedKey", None),
    ],
)
def test_a_proof_with_one_part_changed_is_none(
    letter: Letter, good: str, part: str, name: str, value: object
) -> None:
    payload = json.loads(base64.b64decode(good))
    parts = {
        "challenge": payload["challenge"],
        "parameters": payload["challenge"]["parameters"],
        "solution": payload["solution"],
    }
    parts[part][name] = value
    assert proof_of_work.check(packed(payload), letter) is None


def test_a_challenge_that_was_made_elsewhere_is_none(letter: Letter) -> None:
    for secret in (None, b"a key of somebody else"):
        made = altcha.create_challenge(
            proof_of_work.ALGORITHM,
            1,
            counter=1,
            data={"letter": letter.public_id.hex},
            hmac_secret=secret,
            hmac_key_secret=secret,
        )
        assert proof_of_work.check(solve(made.to_dict()), letter) is None


def test_a_proof_survives_the_rotation_of_the_key_and_not_its_loss(
    letter: Letter, good: str, settings: Any
) -> None:
    former, settings.SECRET_KEY = settings.SECRET_KEY, NEW_KEY
    assert proof_of_work.check(good, letter) is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert proof_of_work.check(good, letter)


DEEP = "[" * 700 + "]" * 700
GARBAGE = [
    *("", " ", "x", "=", "\x00", "ü", "\ud800", "null", "%00", "A" * 1999),
    *map(packed, (None, 0, "", "x", [], [[]], {}, {"challenge": 1, "solution": 1})),
    packed({"challenge": {"parameters": []}, "solution": {}}),
    packed({"challenge": {"parameters": {}}, "solution": {"counter": 0, "derivedKey": 0}}),
    *(
        base64.b64encode(text.encode()).decode()
        for text in (DEEP, "1" * 1400, "1e999", "NaN", '{"challenge":' * 90, '"\\ud800"')
    ),
    base64.b64encode(b"\xff\xfe\x00").decode(),
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
_NAMES = ("algorithm", "nonce", "salt", "cost", "keyPrefix", "keySignature", "expiresAt", "data")


@pytest.mark.parametrize("payload", GARBAGE)
def test_t38_nonsense_is_no_proof(letter: Letter, payload: str) -> None:
    assert proof_of_work.check(payload, letter) is None


@given(st.text() | st.binary(max_size=999).map(lambda sent: base64.b64encode(sent).decode()))
def test_t38_no_text_breaks_the_check(payload: str) -> None:
    assert proof_of_work.check(payload, Letter()) is None


@pytest.mark.slow
@given(
    st.fixed_dictionaries(dict.fromkeys(_NAMES, _JSON)),
    _JSON,
    st.fixed_dictionaries({"counter": _JSON, "derivedKey": _JSON}),
)
def test_t38_nothing_of_the_right_shape_breaks_the_check(
    parameters: dict[str, object], signature: object, solution: dict[str, object]
) -> None:
    challenge = {"parameters": parameters, "signature": signature}
    payload = packed({"challenge": challenge, "solution": solution})
    assert proof_of_work.check(payload, Letter()) is None


def test_t38_a_payload_longer_than_any_real_one_is_not_even_read(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = solve(proof_of_work.challenge(letter, timezone.now()))
    assert len(real) < proof_of_work.LONGEST / 2
    monkeypatch.setattr("altcha.Payload.from_base64", lambda _payload: pytest.fail("it was read"))
    assert proof_of_work.check(real + " " * proof_of_work.LONGEST, letter) is None


# --- Which letters ask --------------------------------------------------------------------------


def test_a_calm_letter_asks_for_no_proof(db: None) -> None:
    assert not proof_of_work.is_asked(make_letter())


def test_the_switch_of_a_letter_asks_for_proofs(db: None) -> None:
    assert proof_of_work.is_asked(make_letter(asks_proof=True))


@pytest.mark.parametrize("cause", Throttle.Cause)
def test_t05_a_letter_that_looks_attacked_asks_until_it_is_released(
    db: None, cause: Throttle.Cause
) -> None:
    letter, other = make_letter(), make_letter(slug="other")
    throttles.slow(letter.topic, per_minute=60, cause=cause, now=timezone.now())
    assert proof_of_work.is_asked(letter) == (cause != Throttle.Cause.STAFF)
    assert not proof_of_work.is_asked(other)
    throttles.release(letter.topic)
    assert not proof_of_work.is_asked(letter)


# --- The form -----------------------------------------------------------------------------------


@pytest.fixture
def send(client: Client, db: None) -> Callable[..., Any]:
    """Send the form of a letter that asks for a proof."""
    asking = make_letter(asks_proof=True)
    return lambda **typed: client.post(f"/{asking.slug}/sign/", form_for(asking, **typed))


@pytest.mark.parametrize("payload", ["", "nonsense", DEEP, packed({"challenge": {}}), "A" * 50_000])
def test_a_form_without_a_good_proof_has_no_error(send: Sign, payload: str) -> None:
    answer: Any = send(altcha=payload)
    assert (answer.status_code, answer["Location"].endswith("/inbox/")) == (302, True)


def test_a_form_that_is_shown_again_holds_no_proof_that_is_used_up(send: Sign) -> None:
    answer: Any = send(email="no address", altcha="the-last-proof")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "the-last-proof" not in page
    assert re.search(r'<input type="hidden" name="altcha" autocomplete="off"', page)


# --- What is vendored ---------------------------------------------------------------------------


def test_the_widget_is_the_one_that_its_readme_names() -> None:
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"\| `([\w.]+)` \| `[\w./]+` \| `([0-9a-f]{64})` \|", readme))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "README.md"
    }
    assert found == named


def test_the_widget_speaks_every_language_of_the_site(client: Client, db: None) -> None:
    make_letter()
    for code, _name in django_settings.LANGUAGES:
        prefix = "" if code == django_settings.LANGUAGE_CODE else f"/{code}"
        page = client.get(f"{prefix}/open-letter/").content.decode()
        assert (f'data-words="/static/vendor/altcha/{code}.' in page) == (code != "en")


def test_t05_a_proof_is_good_for_one_form_and_none_holds_the_signature(
    client: Client, db: None
) -> None:
    asking = make_letter(asks_proof=True)
    solved = solve(proof_of_work.challenge(asking, timezone.now()))
    for email, payload in (("a", solved), ("b", solved), ("c", ""), ("d", "rubbish")):
        form = form_for(asking, email=f"{email}@example.org", altcha=payload)
        assert client.post(f"/{asking.slug}/sign/", form).status_code == 302
    flags = Signature.objects.order_by("pk").values_list("flags", flat=True)
    assert list(flags) == [[], ["no proof"], ["no proof"], ["no proof"]]
    assert FormSubmission.objects.exclude(proof="").count() == 1
