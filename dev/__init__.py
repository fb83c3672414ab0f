"""Developer tooling behind ./run: embedded servers, the supervisor, tests and checks.

Nothing in openletter imports this package. It imports nothing from openletter either: it starts
the application as other processes, by the same commands that an operator would use.
"""
