"""The web server: granian, asked in a way that no client can hold a thread.

`python -m openletter.server --host 10.0.0.5` serves the site. Under granian's own WSGI interface a
thread waits for the body of its request for as long as the client likes, and `X_Forwarded_For`
cannot be told from `X-Forwarded-For`. So workers take requests by the interface below it (RSGI),
where headers have the names that were sent and bodies are read by an event loop, and hand them to
the WSGI application whole.
"""
