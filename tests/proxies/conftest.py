"""One site behind nginx and behind Caddy, started once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.site import LiveSite, live_site
from tests.proxies.certificate import HOST
from tests.proxies.door import Door
from tests.proxies.running import running_caddy, running_nginx

THREADS = 4


@pytest.fixture(scope="session")
def site() -> Iterator[LiveSite]:
    """A site as docs/deploy.md has it, with one web process, so that few clients could fill it."""
    settings = {
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "SITE_URL": f"https://{HOST}",
        "TRUSTED_PROXIES": "1",
        "WEB_PROCESSES": "1",
        "WEB_THREADS": str(THREADS),
    }
    with live_site(**settings) as site:
        yield site


@pytest.fixture(scope="session")
def straight(site: LiveSite) -> Door:
    return Door("straight", site.site.environment.port, tls=False)


@pytest.fixture(scope="session")
def nginx(site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("nginx")
    with running_nginx(folder, [site.site.environment.port]) as door:
        yield door


@pytest.fixture(scope="session")
def caddy(site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("caddy")
    with running_caddy(folder, [site.site.environment.port]) as door:
        yield door


@pytest.fixture(params=["straight", "nginx", "caddy"])
def door(request: pytest.FixtureRequest) -> Door:
    """Every way in, one after the other."""
    found: Door = request.getfixturevalue(request.param)
    return found
