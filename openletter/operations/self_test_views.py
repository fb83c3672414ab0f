"""The self-test of the desk: what receivers look up about us, and a test mail to oneself."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from openletter.accounts.access import Action, may, needs
from openletter.lib.admin.pages import answer
from openletter.mail.monitoring import self_test
from openletter.mail.monitoring.dns_checks import run
from openletter.mail.monitoring.dns_checks.lookup import Lookup
from openletter.operations import delivery_acts
from openletter.operations.views import act


@require_safe
@needs(Action.SEE_DELIVERY)
def page(request: HttpRequest) -> HttpResponse:
    """Look everything up anew, which takes eight seconds at most, and show the last test mail."""
    sender = run.sender()
    context = {
        "sender": sender,
        "findings": run.run(sender, Lookup()),
        "test_mail": self_test.latest(_address(request)),
        "may_act": may(request.user, Action.ACT_ON_DELIVERY),
    }
    return answer(request, "admin/operations/self_test.html", _("Mail self-test"), context)


@require_POST
@needs(Action.ACT_ON_DELIVERY)
def send(request: HttpRequest) -> HttpResponse:
    """Owe a test mail to whoever asks, through the outbox like every other mail."""
    return act(
        request,
        partial(
            delivery_acts.send_test_mail,
            address=_address(request),
            language=get_language() or "en",
        ),
        _(
            "A test mail is on its way to your own address. Reload this page to see whether it"
            " has been sent."
        ),
        back="operations:self_test",
    )


def _address(request: HttpRequest) -> str:
    return str(getattr(request.user, "email", ""))
