"""Every address of the site. First segments that stand here are refused as a letter's address."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from openletter.pages import urls as pages
from openletter.signatures import link_views
from openletter.signatures import urls as signatures

handler400 = "openletter.pages.unread_requests.bad_request"
handler500 = "openletter.pages.outages.broken"
urlpatterns = [
    path("", include((pages.operations, "operations"))),
    path("admin/delivery/", include("openletter.signatures.delivery_urls")),
    path("admin/privacy/", include("openletter.privacy.desk_urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("openletter.accounts.urls")),
    path("", include("openletter.counters.urls")),
    path("", include("openletter.mail.urls")),
    path("", include((signatures.for_scripts, "proof"))),
    *i18n_patterns(
        path("", include("openletter.signatures.urls")),
        path("", include("openletter.privacy.urls")),
        path("", include("openletter.pages.urls")),
        path("s/<path:rest>", link_views.mend),  # last: what is no page with a token, but begins so
        prefix_default_language=False,
    ),
]
