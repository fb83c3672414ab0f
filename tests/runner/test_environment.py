"""What ./run makes of the variables it finds: development, production, or one clear sentence."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from runner import environment
from runner.environment import SERVER_URLS, Environment, free_port
from runner.errors import CommandError

SERVERS = {
    "DATABASE_URL": "postgresql://openletter:hunter2@db.example.org/openletter",
    "REDIS_URL": "redis://cache.example.org/0",
    "EMAIL_URL": "submission://openletter:hunter2@mail.example.org",
}
SITE = {
    "SECRET_KEY": "hunter2-hunter2-hunter2-hunter2-hunter2-hunter2",
    "ALLOWED_HOSTS": "letters.example.org",
    "SITE_URL": "https://letters.example.org",
}


def read(var: Path, **given: str) -> Environment:
    """Read the environment of somebody who set exactly these variables."""
    return environment.read({"OPENLETTER_VAR": str(var), **given})


def complaint(var: Path, **given: str) -> str:
    """Return the sentence with which the start stops; secrets are not repeated in it."""
    with pytest.raises(CommandError) as stopped:
        read(var, **given)
    assert "hunter2" not in str(stopped.value)
    return str(stopped.value)


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in {**SERVERS, **SITE}.items() if name not in names}


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("forgotten", SERVER_URLS)
def test_a_real_site_that_forgot_a_server_is_told_which_and_does_not_start(
    tmp_path: Path, forgotten: str, value: str | None
) -> None:
    given = without(forgotten) | ({} if value is None else {forgotten: value})
    assert complaint(tmp_path, **given).startswith(f"Set {forgotten}, because")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sign", SITE)
def test_each_sign_of_a_real_site_is_enough_and_is_named(tmp_path: Path, sign: str) -> None:
    said = complaint(tmp_path, DATABASE_URL=SERVERS["DATABASE_URL"], **{sign: SITE[sign]})
    assert said.startswith("Set REDIS_URL and EMAIL_URL, because")
    assert f"its {sign} " in said


@pytest.mark.parametrize("off", ["0", "no", ""])
def test_a_real_site_that_forgot_a_server_does_not_start_with_debug_switched_off_either(
    tmp_path: Path, off: str
) -> None:
    assert "EMAIL_URL" in complaint(tmp_path, **without("EMAIL_URL"), DEBUG=off)


@pytest.mark.parametrize("on", ["1", "true", " Yes "])
def test_who_wants_a_development_site_with_a_key_of_their_own_says_so(
    tmp_path: Path, on: str
) -> None:
    site = read(tmp_path, **without("EMAIL_URL"), DEBUG=on)
    assert (site.production, site.needs) == (False, ("EMAIL_URL",))
    assert site.values["SECRET_KEY"] == SITE["SECRET_KEY"]


@pytest.mark.parametrize("given", [{}, {"SITE_URL": "http://localhost:9000"}])
def test_somebody_who_set_nothing_of_a_site_gets_one_for_development(
    tmp_path: Path, given: dict[str, str]
) -> None:
    site = read(tmp_path, **given)
    assert (site.production, site.needs, site.values["DEBUG"]) == (False, SERVER_URLS, "1")


def test_a_site_with_every_server_is_for_production_and_nothing_is_made_up(
    tmp_path: Path,
) -> None:
    site = read(tmp_path, **SERVERS, **SITE)
    assert (site.production, site.needs) == (True, ())
    assert "DEBUG" not in site.values
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["PORT", "WEB_PROCESSES", "WORKER_PROCESSES", "WEB_THREADS"])
@pytest.mark.parametrize("value", ["0", "-1", "65536", "eight", "1.5", " 8", "٣", "1_0", "9" * 99])
def test_a_number_that_is_none_is_named_with_what_it_may_be(
    tmp_path: Path, name: str, value: str
) -> None:
    said = complaint(tmp_path, **{name: value})
    assert said.startswith(f"{name} must be a whole number from 1 to ")
    assert repr(value) in said


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_real_site_that_lacks_a_value_is_told_which_and_what_it_means(
    tmp_path: Path, missing: str, value: str | None
) -> None:
    given = without(missing) | ({} if value is None else {missing: value})
    said = complaint(tmp_path, **given)
    assert said.startswith(f"{missing} is not set.")
    assert f"set {missing} to " in said
    assert not list(tmp_path.iterdir())


def test_an_experiment_takes_nothing_of_the_site_that_runs_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**SERVERS, **SITE, "DEBUG": "0"}.items():
        monkeypatch.setenv(name, value)
    made = environment.isolated(tmp_path, DEBUG="0")
    assert made.needs == SERVER_URLS
    assert not set(SITE.values()) & set(made.values.values())


def test_web_listens_on_this_machine_only_unless_somebody_names_another_address(
    tmp_path: Path,
) -> None:
    assert read(tmp_path).address == "http://127.0.0.1:8000"
    assert read(tmp_path, WEB_HOST="10.0.0.5").address == "http://10.0.0.5:8000"


@pytest.mark.parametrize(
    ("host", "reached"),
    [(".".join("0000"), "127.0.0.1"), ("::", "[::1]"), ("fd00::5", "[fd00::5]")],
)
def test_a_web_that_listens_everywhere_is_reached_here(
    tmp_path: Path, host: str, reached: str
) -> None:
    assert read(tmp_path, WEB_HOST=host).address == f"http://{reached}:8000"


@pytest.mark.parametrize("host", ["letters.example.org", "10.0.0", "*", "10.0.0.5:80", " "])
def test_an_address_that_is_none_is_named(tmp_path: Path, host: str) -> None:
    said = complaint(tmp_path, WEB_HOST=host)
    assert said.startswith("WEB_HOST must be an IP address")
    assert repr(host) in said


def test_ports_are_given_once_and_none_that_the_system_may_give_to_others() -> None:
    given = [free_port() for _ in range(20)]
    assert len(set(given)) == len(given)
    assert max(given) < 32_768  # where Linux begins


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.socket() as taken:
        after = free_port() + 1
        taken.bind(("127.0.0.1", after))
        taken.listen()
        assert free_port() != after
