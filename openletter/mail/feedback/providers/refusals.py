"""Why a webhook's request is not taken, and so what it is answered."""

from __future__ import annotations


class Refusal(Exception):
    """A request that says nothing we believe or understand. Holds no part of the request."""

    status = 400


class NotConfigured(Refusal):
    """This site does not listen to this provider."""

    status = 404


class NoCredentials(Refusal):
    """Amazon sends its name and secret only after it was asked for them."""

    status = 401


class NotVerified(Refusal):
    """Somebody who does not know the secret."""

    status = 403


class Malformed(Refusal):
    """Verified, but not what this provider sends."""


class TryAgain(Refusal):
    """Nothing wrong with the request; the trouble is ours and will pass."""

    status = 503
