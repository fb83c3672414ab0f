"""Celery's door into the recount: a difference raises an alarm, never a silent repair."""

from __future__ import annotations

import logging

from celery import shared_task

from openletter.counters import counts

log = logging.getLogger(__name__)


@shared_task
def recount() -> None:
    for letter in counts.recount():
        if not letter.agrees:
            log.critical("recount: letter %s does not agree: %s", letter.letter_id, letter)
