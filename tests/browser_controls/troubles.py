"""What a page must not do: show a traceback, complain on the console, raise in JavaScript, or ask for what fails."""

from dataclasses import dataclass, field

from playwright.async_api import ConsoleMessage, Page, Request, Response

from tests.browser import BROKEN_IMAGES

HARMLESS_PATHS = ("/_stcore/health", "/_stcore/host-config")
"""On a deep link Streamlit asks for its own address by trial: `/Threshold/_stcore/health` is 404, then the root's."""

HARMLESS_FAILURES = ("net::ERR_ABORTED",)
"""A request that the browser itself gave up because the page, or what it was for, is gone."""

MEDIA = "/media/"
"""An image that a newer run has replaced is gone when a slow browser asks for it; one that stays broken is a fault."""

_SHOWN = """() => [...document.querySelectorAll('[data-testid="stException"]')].map(box => box.innerText)"""


@dataclass
class Troubles:
    """What a tab has complained of since it was last asked."""

    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> "Troubles":
        """Listen to a tab from now on."""
        troubles = cls()
        page.on("console", troubles._console)
        page.on("pageerror", lambda error: troubles.said.append(f"page error: {error}\n{error.stack or ''}"))
        page.on("requestfailed", troubles._failed)
        page.on("response", troubles._answered)
        return troubles

    async def taken(self, page: Page) -> list[str]:
        """Everything that went wrong so far, the page's tracebacks first; afterwards nothing is remembered."""
        shown = [f"the page shows: {text}" for text in await page.evaluate(_SHOWN)]
        broken = [f"broken image: {url}" for url in await page.evaluate(BROKEN_IMAGES)]
        said, self.said = self.said, []
        return [*shown, *broken, *said]

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not _is_harmless(url):
            self.said.append(f"console: {message.text} ({url})")

    def _failed(self, request: Request) -> None:
        if request.failure not in HARMLESS_FAILURES and not _is_harmless(request.url):
            self.said.append(f"failed request: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not _is_harmless(response.url):
            self.said.append(f"failed request: {response.status} {response.url}")


def _is_harmless(url: str) -> bool:
    return url.endswith(HARMLESS_PATHS) or MEDIA in url
