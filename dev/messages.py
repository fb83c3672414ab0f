"""`./run messages`: collect every sentence to translate into locale/, and compile the catalogues.

Works on a copy of the sources: Django puts a file beside each template while it extracts.
`./run messages fr` begins a language.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import polib  # type: ignore[import-untyped]

from dev.check import PRODUCTION_LIKE
from runner.errors import CommandError, leave
from runner.locations import PYTHON, ROOT
from runner.terminal import say

LOCALE = ROOT / "locale"
SOURCES = ("openletter", "templates", "locale", "manage.py")
# Without line numbers a catalogue changes only where a sentence does.
OPTIONS = ("--add-location=file", "--no-obsolete", "--verbosity=0")
# What else gettext writes into the head says when a file was touched, and by which program.
KEPT_IN_THE_HEAD = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")


def catalogues() -> dict[str, Path]:
    """Return the committed .po file of each language, by its locale name."""
    return {path.parts[-3]: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))}


def po_file(locale: Path, language: str) -> Path:
    """Return where a language's catalogue is in a folder of catalogues."""
    return locale / language / "LC_MESSAGES" / "django.po"


def load(path: Path) -> polib.POFile:
    """Read a catalogue so that it is written again in long lines, as translators type them."""
    return polib.pofile(str(path), wrapwidth=0)


def collect(new_languages: list[str]) -> dict[str, polib.POFile]:
    """Return each language's catalogue with the sentences that the sources hold now."""
    languages = sorted({*catalogues(), *new_languages})
    with TemporaryDirectory(prefix="openletter-messages-") as folder:
        copy = Path(folder)
        _copy_sources(copy)
        chosen = [f"--locale={language}" for language in languages]
        done = subprocess.run(
            [PYTHON, "manage.py", "makemessages", *OPTIONS, *chosen],
            cwd=copy,
            env={**os.environ, **PRODUCTION_LIKE},
            check=False,
        )
        if done.returncode:
            raise CommandError("The sentences could not be collected; the reason stands above.")
        return {
            language: _calm(language, load(po_file(copy / "locale", language)))
            for language in languages
        }


def _copy_sources(copy: Path) -> None:
    (copy / "locale").mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            leave_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, copy / name, ignore=leave_out, dirs_exist_ok=True)
        elif source.exists():
            shutil.copy(source, copy / name)


def _calm(language: str, catalogue: polib.POFile) -> polib.POFile:
    """Take out of the head whatever would change by itself."""
    head = catalogue.metadata
    kept = {name: head[name] for name in KEPT_IN_THE_HEAD}
    if "Plural-Forms" in head:
        kept["Plural-Forms"] = re.sub(r"\s+", " ", head["Plural-Forms"])
    catalogue.metadata = {"Project-Id-Version": "openletter", "Language": language, **kept}
    catalogue.metadata_is_fuzzy = False
    catalogue.header = "Write the translations here, then compile them: ./run messages"
    return catalogue


def write(language: str, catalogue: polib.POFile) -> None:
    """Store a catalogue as text and compiled."""
    path = po_file(LOCALE, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{catalogue}\n", encoding="utf-8")
    path.with_suffix(".mo").write_bytes(catalogue.to_binary())


def has_gettext() -> bool:
    return all(shutil.which(name) for name in ("xgettext", "msguniq", "msgmerge", "msgattrib"))


def require_gettext() -> None:
    """Install GNU gettext on Debian if we may; CommandError where it is missing."""
    if has_gettext():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing gettext (once).")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "gettext"],
        ):
            subprocess.run(
                command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
            )
    if not has_gettext():
        raise CommandError(
            "Collecting sentences needs GNU gettext: install it (Debian: apt-get install gettext, "
            "macOS: brew install gettext)."
        )


def main() -> int:
    require_gettext()
    for language, catalogue in collect(sys.argv[1:]).items():
        write(language, catalogue)
        missing = len(catalogue.untranslated_entries())
        guessed = len(catalogue.fuzzy_entries())
        say(
            f"{language}: {len(catalogue)} sentences, {missing} to translate, "
            f"{guessed} to look at again (marked fuzzy)"
        )
    return 0


if __name__ == "__main__":
    leave(main)
