"""./run manage rehearse-moderation: a letter with fakes among its people, for moderators."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletter.letters.models import Letter
from openletter.lib.db import clock
from openletter.operations.practice import account, fakes, play
from openletter.operations.rehearsal import only_here
from openletter.signatures.models import Signature


class Command(BaseCommand):
    help = (
        "Make a letter of its own that invented people sign, fakes of eight kinds among them, for"
        " moderators to practise with. With --tell, say afterwards which they were. Only for"
        " development."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--signatures", type=int, default=2_000, help="2,000")
        parser.add_argument("--fakes", type=int, default=300, help="how many of them; 300")
        parser.add_argument("--seed", type=int, default=1, help="another one invents others")
        parser.add_argument("--letter", default="practice", help="its address, not in use yet")
        parser.add_argument(
            "--tell", action="store_true", help="make nothing, and say which were the fakes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug, signatures, number = options["letter"], options["signatures"], options["fakes"]
        only_here.refuse_a_real_site()
        if not 0 <= number <= signatures:
            raise CommandError("There cannot be more --fakes than --signatures.")
        people = fakes.invent(people=signatures, fakes=number, seed=options["seed"])
        if options["tell"]:
            self._tell(slug, people)
            return
        only_here.refuse_a_letter(slug)
        self.stdout.write(
            f"Making the letter /{slug}/ with {signatures:,} invented people, {number:,} of them"
            " fakes. They sign and confirm one after the other; it takes a minute."
        )
        now = clock.ask()
        play.play(play.begin(slug, now=now), people, now=now)
        again = f"--letter {slug} --signatures {signatures} --fakes {number}"
        self.stdout.write(
            f"Done: /{slug}/, and what is held waits at the desk. Afterwards\n"
            f"  ./run manage rehearse-moderation --tell {again} --seed {options['seed']}\n"
            "says which were the fakes, and what became of them."
        )

    def _tell(self, slug: str, people: list[Any]) -> None:
        letter = Letter.objects.filter(slug=slug).first()
        known = account.of(letter, people) if letter else []
        if not known:
            raise CommandError(
                f"Of these people nobody signed a letter /{slug}/. Give --tell the same numbers and"
                " the same --seed as when it was made."
            )
        for one in known:
            if one.fake:
                self.stdout.write(
                    f"/admin/signatures/signature/{one.signature.pk}/change/"
                    f"  {one.signature.state:9}  {one.fake}"
                )
        self.stdout.write("\nconfirmed   held  removed  published  noted or held  kind")
        for kind, share in sorted(account.by_kind(known).items()):
            held, removed, published = (
                share.states.get(state, 0)
                for state in (
                    Signature.State.HELD,
                    Signature.State.REMOVED,
                    Signature.State.PUBLISHED,
                )
            )
            self.stdout.write(
                f"{share.number:9}{held:7}{removed:9}{published:11}{share.told:15}  {kind}"
            )
