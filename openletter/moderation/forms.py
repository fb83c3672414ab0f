"""What moderators type: why they decide so, and which names to watch."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.lib.admin.edit_forms import EditForm
from openletter.moderation import watched_names
from openletter.moderation.models import WatchedName

LEAST_REASON_LENGTH, MOST_REASON_LENGTH = 3, 500


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=LEAST_REASON_LENGTH,
        max_length=MOST_REASON_LENGTH,
        help_text=_("Kept in the audit record. Please mention no names or addresses here."),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class WatchedNameForm(EditForm[WatchedName]):
    derived = ("spelling",)

    class Meta:
        model = WatchedName
        fields = ("name", "whom_to_ask")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        self.instance.spelling = watched_names.spelling(name)
        longest = WatchedName._meta.get_field("spelling").max_length or 0
        if not LEAST_REASON_LENGTH <= len(self.instance.spelling) <= longest:
            raise ValidationError(_("Please enter a name that can be told from others."))
        same = WatchedName.objects.filter(spelling=self.instance.spelling)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                _("This name is already listed. Please change its entry instead.")
            )
        return name
