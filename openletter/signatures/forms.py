"""The form under a letter, and the code that is typed. They tidy and judge; they save nothing."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from openletter.letters import asked_fields
from openletter.letters.asked_fields import Answer, AskedField
from openletter.letters.models import Letter
from openletter.lib.people import names, typos
from openletter.lib.people.addresses import MAX_ADDRESS_LENGTH, taken_out, tidy_address
from openletter.lib.people.digits import LONGEST_TYPED, digits_in
from openletter.signatures import consents
from openletter.signatures.countries import Countries
from openletter.signatures.models import Signature
from openletter.signatures.signing import Signer

_ASKED = consents.WORDINGS[consents.CURRENT]
_ASKED_OF_ONE_KIND = ("represented_by", *asked_fields.OF_PEOPLE_ONLY)


def read_revision(text: str | None) -> int | None:
    """Return which words a page showed; None when it did not say, -1 for what is no revision."""
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


class Words(forms.CharField):
    """A text that is judged by `tidy` or its `clean_` method; browsers are told where its limit is.

    Django counts otherwise than browsers do: a line end twice, and what was composed once.
    """

    def __init__(
        self, *, limit: int, tidy: Callable[[str], str] | None = None, **options: Any
    ) -> None:
        self.limit = limit
        self.tidy = tidy
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return self.tidy(typed) if self.tidy else typed

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "maxlength": str(self.limit)}


def _asked(field: AskedField) -> forms.Field:
    """Return the field of a form that asks for what a row of the table says."""
    options: dict[str, Any] = {
        "label": field.question,
        "help_text": field.help_text,
        "required": False,
    }
    if field.answer is Answer.COUNTRY:
        chosen = forms.Select(attrs={"autocomplete": field.autocomplete})
        return forms.ChoiceField(choices=Countries(), widget=chosen, **options)
    if field.answer is Answer.TEXT:
        text = forms.Textarea(attrs={"rows": 3})
        return Words(limit=field.longest, tidy=names.tidy_comment, widget=text, **options)
    tidy = partial(names.tidy_words, limit=field.longest)
    line = forms.TextInput(attrs={"autocomplete": field.autocomplete})
    return Words(limit=field.longest, tidy=tidy, widget=line, **options)


class AboutSigner(forms.Form):
    """What people say about themselves or their organisation; a letter asks for some of it only."""

    name = Words(
        label=_("Name"),
        limit=names.MAX_NAME_LENGTH,
        error_messages={"required": _("Please enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    represented_by = Words(
        label=_("Who signs on its behalf (optional)"),
        limit=names.MAX_NAME_LENGTH,
        tidy=partial(names.tidy_words, limit=names.MAX_NAME_LENGTH),
        required=False,
        help_text=_(
            "Name and role of the person who may speak for the organisation. Appears below its"
            " name if you choose to show it."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    title = _asked(asked_fields.TITLE)
    affiliation = _asked(asked_fields.AFFILIATION)
    country = _asked(asked_fields.COUNTRY)
    comment = _asked(asked_fields.COMMENT)
    is_organisation = False

    def ask(self, letter: Letter, *, is_organisation: bool, but: Container[str] = ()) -> None:
        """Ask a person or an organisation for what the letter asks, and for what is there already.

        An organisation has no title and no affiliation, and a person signs in no other's name.
        """
        self.is_organisation = is_organisation
        asked = {
            field.name: field.is_asked(letter, of_organisation=is_organisation)
            for field in asked_fields.FIELDS
        }
        asked["represented_by"] = is_organisation
        for name, is_asked in asked.items():
            if not is_asked and name not in but:
                del self.fields[name]
        if is_organisation:
            self._speak_to_an_organisation()

    def _speak_to_an_organisation(self) -> None:
        name = self.fields["name"]
        name.label = _("Name of the organisation")
        name.error_messages["required"] = _("Please enter the name of the organisation.")
        name.widget.attrs["autocomplete"] = "organization"
        if "comment" in self.fields:
            self.fields["comment"].help_text = _(
                "Appears next to the organisation’s name if you choose to show it. At most 500"
                " characters."
            )

    def clean_name(self) -> str:
        tidy = names.tidy_organisation_name if self.is_organisation else names.tidy_person_name
        return tidy(self.cleaned_data["name"])


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
        typed = self.cleaned_data["email"]
        try:
            return tidy_address(typed)
        except forms.ValidationError:
            if meant := _meant(typed):
                raise _question(meant) from None
            raise


def _meant(typed: str) -> str:
    """Return the address that was probably meant, if one could write to it, else ""."""
    meant = typos.suggestion(typed)
    try:
        tidy_address(meant)
    except forms.ValidationError:
        return ""
    return meant


def _question(meant: str) -> forms.ValidationError:
    question = _("Did you mean %(address)s?")
    return forms.ValidationError(question, code="typo", params={"address": meant})


class SignForm(AboutSigner):
    """What a letter asks of its signers. `signer()` returns it tidied when the form is valid."""

    field_order = (
        "kind", "name", "represented_by", "email", *asked_fields.NAMES, "show_name", "retain_name",
        "updates", "consent", "form_token", "altcha", "email_asked", "website",
    )  # fmt: skip

    # There is one form for people and one for organisations; only the second has this field.
    kind = forms.CharField(widget=forms.HiddenInput, initial=Signature.Kind.ORGANISATION)
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
    retain_name = forms.BooleanField(label=_ASKED.retain_name, required=False)
    updates = forms.BooleanField(label=_ASKED.wants_updates, required=False)
    consent = forms.BooleanField(
        label=_ASKED.sign,
        error_messages={
            "required": _(
                "Please agree to this: without your consent we may not store your signature."
            )
        },
    )
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
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
        form_token: str,
        is_organisation: bool = False,
        before: Mapping[str, str] | None = None,
    ) -> None:
        # One value a field: whoever sends a field twice is no browser.
        sent = typed.dict() if typed is not None else None
        if sent is not None and sent.get("email_instead"):
            sent["email"] = sent["email_instead"]  # judged like any address that is typed
        super().__init__(sent, initial=dict(before or {}))
        self.meant_email = ""  # while the form asks whether this was meant
        self.may_keep_email = False  # while it would take the address if it were sent again
        self.fields["form_token"].initial = form_token
        if sent is not None:
            is_organisation = sent.get("kind") == Signature.Kind.ORGANISATION
        self.is_refused_organisation = is_organisation and not letter.takes_organisations
        self.ask(letter, is_organisation=is_organisation and letter.takes_organisations)
        if self.is_organisation:
            self.fields["show_name"].label = _ASKED.to_show(is_organisation=True)
            self.fields["retain_name"].label = _ASKED.to_keep(is_organisation=True)
        else:
            del self.fields["kind"]

    def renew_form_token(self, form_token: str) -> None:
        """Give the form, shown again as typed, a token that is good now and no old proof."""
        self.data = {**self.data, "form_token": form_token, "altcha": "", "website": ""}
        if self.may_keep_email:
            self.data = {**self.data, "email_asked": self.data["email"].strip()}

    def show_unjudged(self) -> None:
        """Show what was typed, and say nothing about it yet."""
        self.errors.clear()
        self.meant_email, self.may_keep_email = "", False

    @property
    def kept_aside(self) -> list[tuple[str, str]]:
        """What was typed into the form for the other kind, for whoever goes back to it."""
        asked = [name for name in _ASKED_OF_ONE_KIND if name not in self.fields]
        return [(name, self.data[name]) for name in asked if self.data.get(name)]

    def clean_email(self) -> str:
        typed = self.cleaned_data["email"]
        meant = _meant(typed)
        try:
            address = tidy_address(typed)
        except forms.ValidationError:
            if not meant:
                raise
            self.meant_email = meant
            raise _question(meant) from None
        if taken_out(typed) == taken_out(self.data.get("email_asked", "")):
            return address
        self.may_keep_email = True
        if meant:
            self.meant_email = meant
            raise _question(meant)
        if ending := typos.doubtful_ending(address):
            raise forms.ValidationError(
                _("Hardly any e-mail address ends in “.%(ending)s”. Is this one right?"),
                code="ending",
                params={"ending": ending},
            )
        self.may_keep_email = False
        return address

    def clean(self) -> None:
        if self.is_refused_organisation:
            raise forms.ValidationError(
                _(
                    "Only people can sign this letter, not organisations. Please sign with your"
                    " own name."
                )
            )

    @property
    def is_from_a_program(self) -> bool:
        """Whether the field that people cannot see was filled in."""
        return bool(self.cleaned_data.get("website"))

    @property
    def proof(self) -> str:
        """What the browser computed, for `proof_of_work.check`; "" when it sent nothing."""
        return str(self.cleaned_data.get("altcha", ""))

    def ticks(self) -> dict[str, str]:
        """Return which boxes were ticked as a browser would send them; not the consent."""
        names = ("show_name", "retain_name", "updates")
        return {name: "on" if self.cleaned_data[name] else "" for name in names}

    def signer(self) -> Signer:
        typed = self.cleaned_data
        return Signer(
            kind=Signature.Kind.ORGANISATION if self.is_organisation else Signature.Kind.PERSON,
            name=typed["name"],
            represented_by=typed.get("represented_by", ""),
            **{name: typed.get(name, "") for name in asked_fields.NAMES},
            show_name=typed["show_name"],
            retain_name=typed["retain_name"] and typed["show_name"],
            wants_updates=typed["updates"],
        )


def made_of(letter: Letter, form_token: str) -> str:
    """Return what an empty form to sign follows from, besides the language."""
    row = (getattr(letter, field.attname) for field in letter._meta.concrete_fields)
    return repr([form_token, *row])


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
