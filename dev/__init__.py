"""What only contributors need: checks, tests, messages, measurements, chaos.

Nothing in openletter or runner imports this package. It starts the site by runner.
"""
