"""The form under a letter, and the code that is typed. They tidy and judge; they save nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from functools import lru_cache

from django import forms
from django.http import QueryDict
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from openletter.letters.models import Letter
from openletter.lib import names, typos
from openletter.lib.addresses import MAX_ADDRESS_LENGTH, tidy_address
from openletter.lib.digits import LONGEST_TYPED, digits_in
from openletter.signatures import consents
from openletter.signatures.flows import Signer
from openletter.signatures.models import Signature
from openletter.signatures.owning import Correction

_ASKED = consents.WORDINGS[consents.CURRENT]


class Countries(BaseChoiceIterator):
    """The countries in the page's language. A form is made for every request; this is not."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(_countries_in(get_language() or ""))


@lru_cache(maxsize=100)
def _countries_in(_language: str) -> list[tuple[str, str]]:
    return [("", gettext("Choose a country")), *((code, str(name)) for code, name in countries)]


class AboutSigner(forms.Form):
    """What people say about themselves; a letter asks for some of it only."""

    name = forms.CharField(
        label=_("Name"),
        max_length=4 * names.MAX_NAME_LENGTH,
        error_messages={"required": _("Please enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    title = forms.CharField(
        label=_("Title or profession (optional)"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    affiliation = forms.CharField(
        label=_("Affiliation (optional)"),
        max_length=150,
        required=False,
        help_text=_("For example a university, a company or a group."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label=_("Country (optional)"),
        required=False,
        choices=Countries(),
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    comment = forms.CharField(
        label=_("Comment (optional)"),
        max_length=500,
        required=False,
        help_text=_("Shown next to your name if you show it. At most 500 characters."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def leave_out(self, letter: Letter, *, but: Container[str] = ()) -> None:
        """Ask only for what the letter asks for, and for what is there already."""
        asked = {
            "title": letter.asks_title,
            "affiliation": letter.asks_affiliation,
            "country": letter.asks_country,
            "comment": letter.asks_comment,
        }
        for field, is_asked in asked.items():
            if not is_asked and field not in but:
                del self.fields[field]

    def clean_name(self) -> str:
        return names.tidy_name(self.cleaned_data["name"])

    def clean_title(self) -> str:
        return names.tidy_affiliation(self.cleaned_data["title"])

    def clean_affiliation(self) -> str:
        return names.tidy_affiliation(self.cleaned_data["affiliation"])

    def clean_comment(self) -> str:
        return names.tidy_comment(self.cleaned_data["comment"])


class CorrectForm(AboutSigner):
    """What a signatory says about themselves, to put right."""

    def __init__(self, typed: QueryDict | None = None, *, signature: Signature) -> None:
        now = {field: str(getattr(signature, field)) for field in self.base_fields}
        super().__init__(typed.dict() if typed is not None else None, initial=now)
        self.leave_out(signature.letter, but={field for field, value in now.items() if value})

    def correction(self) -> Correction:
        # A field that is not asked for stays what it is: empty.
        return Correction(**{field: self.cleaned_data.get(field, "") for field in self.base_fields})


class AddressForm(forms.Form):
    """The address to which a link goes, if it signed."""

    email = forms.CharField(
        label=_("E-mail address"),
        max_length=MAX_ADDRESS_LENGTH,
        help_text=_("The one you signed with."),
        error_messages={"required": _("Please enter your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        return tidy_address(self.cleaned_data["email"])


class SignForm(AboutSigner):
    """What a letter asks of its signers. `signer()` returns it tidied when the form is valid."""

    field_order = (
        "kind", "name", "email", "title", "affiliation", "country", "comment",
        "show_name", "keeps_name", "updates", "consent", "stamp", "altcha", "email_asked",
        "website",
    )  # fmt: skip

    kind = forms.ChoiceField(
        label=_("I sign as"),
        choices=[
            (Signature.Kind.PERSON, _("a person")),
            (Signature.Kind.ORGANISATION, _("an organisation that I may speak for")),
        ],
        initial=Signature.Kind.PERSON,
        widget=forms.RadioSelect,
    )
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=MAX_ADDRESS_LENGTH,
        help_text=_(
            "We will send you an e-mail to confirm your signature. Your address is never shown."
        ),
        error_messages={"required": _("Please enter your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", **typos.ATTRIBUTES}),
    )
    show_name = forms.BooleanField(label=_ASKED.show_name, required=False)
    keeps_name = forms.BooleanField(label=_ASKED.keeps_name, required=False)
    updates = forms.BooleanField(label=_ASKED.wants_updates, required=False)
    consent = forms.BooleanField(
        label=_ASKED.sign,
        error_messages={
            "required": _("Please agree to this: without it we may not keep your signature.")
        },
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    # Filled in by a script if the letter asks for a proof of work. It is never wrong: what is no
    # proof counts as none. No browser shall restore the last one, which is used up.
    altcha = forms.CharField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False
    )
    # The address about which "Did you mean …?" was asked: sent again, it is meant.
    email_asked = forms.CharField(widget=forms.HiddenInput, required=False)
    # No person sees this field, so whoever fills it in is a program.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(
        self,
        typed: QueryDict | None = None,
        *,
        letter: Letter,
        stamp: str,
        before: Mapping[str, str] | None = None,
    ) -> None:
        # One value a field: whoever sends a field twice is no browser.
        sent = typed.dict() if typed is not None else None
        if sent is not None and sent.get("email_instead"):
            sent["email"] = sent["email_instead"]  # judged like any address that is typed
        super().__init__(sent, initial=dict(before or {}))
        self.meant_email = ""  # while the form asks whether this was meant
        self.fields["stamp"].initial = stamp
        if not letter.takes_organisations:
            del self.fields["kind"]
        self.leave_out(letter)

    def renew_stamp(self, stamp: str) -> None:
        """Give the form, shown again as it was typed, a stamp that is good now and no old proof."""
        self.data = {**self.data, "stamp": stamp, "altcha": "", "website": ""}
        if self.meant_email:
            self.data = {**self.data, "email_asked": self.data["email"].strip()}

    def clean_email(self) -> str:
        typed = self.cleaned_data["email"]
        address = tidy_address(typed)
        meant = typos.suggestion(typed)
        if meant and typed != self.data.get("email_asked"):
            self.meant_email = meant
            question = _("Did you mean %(address)s?")
            raise forms.ValidationError(question, code="typo", params={"address": meant})
        return address

    @property
    def is_from_a_program(self) -> bool:
        """Whether the field that people cannot see was filled in."""
        return bool(self.cleaned_data.get("website"))

    @property
    def proof(self) -> str:
        """What the browser computed, for `proof.check`; "" when it sent nothing."""
        return str(self.cleaned_data.get("altcha", ""))

    def signer(self) -> Signer:
        typed = self.cleaned_data
        return Signer(
            kind=typed.get("kind") or Signature.Kind.PERSON,
            name=typed["name"],
            title=typed.get("title", ""),
            affiliation=typed.get("affiliation", ""),
            country=typed.get("country", ""),
            comment=typed.get("comment", ""),
            show_name=typed["show_name"],
            keeps_name=typed["keeps_name"] and typed["show_name"],
            wants_updates=typed["updates"],
        )


class CodeForm(forms.Form):
    """The six digits from the mail, in whatever digits and with whatever around them."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=LONGEST_TYPED,
        error_messages={"required": _("Please type the six digits from the e-mail.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        digits = digits_in(self.cleaned_data["code"])
        if len(digits) != 6:
            raise forms.ValidationError(_("Please type the six digits from the e-mail."))
        return digits
