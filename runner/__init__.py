"""What ./run does in earnest: servers, the processes of a site, the supervisor over them.

Nothing in openletter imports this package. It imports nothing from openletter either: it starts
the application as other processes, by the same commands that an operator would use.
"""
