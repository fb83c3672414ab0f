"""Looks over the shoulder of every page: what no visitor may meet fails the test."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# Chromium says this of a page with an error status, which many pages have on purpose.
_STATUS_SAID = "Failed to load resource: the server responded with a status of"
_NO_NETWORK = ("data:", "blob:", "about:")


class Watch:
    """Collects what goes wrong in one browser context.

    `origin` is the only place that may be asked for anything. Pages may answer with an error,
    what they load may not.
    """

    def __init__(self, context: BrowserContext, origin: str, *, staff: bool) -> None:
        self.problems: list[str] = []
        self.origins = [origin]
        self.expected: list[str] = []  # words of problems that the test makes on purpose
        self._context = context
        self._staff = staff
        context.on("page", self._watch)
        context.on("request", self._judge_request)
        context.on("response", self._judge_response)

    def verdict(self) -> list[str]:
        """Return what went wrong, once the visit is over."""
        if not self._staff and (cookies := self._context.cookies()):
            names = sorted(str(cookie.get("name")) for cookie in cookies)
            self.problems.append(f"cookies on public pages: {', '.join(names)}")
        return [
            problem
            for problem in self.problems
            if not any(words in problem for words in self.expected)
        ]

    def _watch(self, page: Page) -> None:
        page.on("console", self._judge_message)
        page.on("pageerror", lambda error: self.problems.append(f"error in a script: {error}"))

    def _judge_message(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if not message.text.startswith(_STATUS_SAID):  # judged with the response itself
            self.problems.append(f"console {message.type}: {message.text}")

    def _judge_request(self, request: Request) -> None:
        if request.url.startswith(_NO_NETWORK):
            return
        if not request.url.startswith(tuple(f"{origin}/" for origin in self.origins)):
            self.problems.append(f"request to another place: {request.url}")

    def _judge_response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400):
            self.problems.append(f"{response.status} from {response.url}")
