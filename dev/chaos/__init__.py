"""`./run chaos`: a real site, people who sign, and everything that can go wrong meanwhile."""

from __future__ import annotations
