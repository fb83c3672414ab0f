"""Celery and its broker: whether they are alive, and no queue of ticks."""
