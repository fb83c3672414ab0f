"""Somebody else's site, whose pages embed a letter's number."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OWN_WORDS = "Thousands of people"


class Host(ThreadingHTTPServer):
    """Another site: every path is a page that embeds the letter of that name."""

    def __init__(self, letters: str) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.letters = letters
        self.snippet = ""  # what an editor pasted into the page `/pasted/`
        # Another name than the letters' site has, so that browsers take it for another site.
        self.address = f"http://localhost:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        letters, slug = self.server.letters, self.path.strip("/")
        if slug == "pasted":
            policy = f"default-src 'none'; frame-src {letters}; img-src {letters};"
            policy += " style-src 'unsafe-inline'"  # the snippet says how wide a frame is
            said = f"</head><body>{self.server.snippet}</body></html>"
        else:
            policy = f"default-src 'none'; script-src {letters}; connect-src {letters}"
            said = (
                f"<script type=module src={letters}/embed/openletter.js></script></head><body>"
                f"<p><open-letter-counter letter={letters}/{slug}/>{OWN_WORDS}"
                "</open-letter-counter> have signed.</p></body></html>"
            )
        head = "<!doctype html><html lang=en><head><meta charset=utf-8><title>An article</title>"
        page = f"{head}{said}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_arguments: object) -> None:
        pass
