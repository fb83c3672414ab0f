"""Every address of the site. First segments that stand here are refused as a letter's address."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from openletter.embeds import urls as embeds
from openletter.operations import urls as operations
from openletter.signatures import damaged_links
from openletter.signatures import urls as signatures

handler400 = "openletter.pages.unread_requests.bad_request"
handler500 = "openletter.pages.outages.broken"
urlpatterns = [
    path("", include((operations.for_machines, "machines"))),
    path("", include((operations.caught_mails, "mailbox"))),
    path("admin/delivery/", include("openletter.operations.urls")),
    path("admin/claims/", include("openletter.claims.desk_urls")),
    path("admin/privacy/", include("openletter.privacy.desk_urls")),
    path("admin/", include("openletter.statistics.desk_urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("openletter.accounts.urls")),
    path("", include("openletter.counters.urls")),
    path("", include((embeds.pictures, "pictures"))),
    path("", include((embeds.for_programs, "oembed"))),
    path("", include("openletter.mail.feedback.urls")),
    path("", include((signatures.for_scripts, "proof"))),
    *i18n_patterns(
        path("", include("openletter.signatures.urls")),
        path("", include("openletter.self_service.urls")),
        path("", include("openletter.claims.urls")),
        path("", include("openletter.privacy.urls")),
        path("", include("openletter.embeds.urls")),
        path("", include("openletter.pages.urls")),
        path(
            "s/<path:rest>", damaged_links.mend
        ),  # last: what is no page with a token, but begins so
        prefix_default_language=False,
    ),
]
