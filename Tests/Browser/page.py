#!/usr/bin/env python3
"""Uses the web page of Nexus in a headless Chromium, as visitors do.

    python3 -B Tests/Browser/page.py --built .build/debug [--pictures docs/images]

Every check is a function; its first line says what must be true.
"""

import argparse
import json
import pathlib
import shutil
import sys
import time

from devtools import Browser, Failure, Page
from town import Town

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Visit:
    """A browser before a box office, and the pages that were opened in it."""

    def __init__(self, browser: Browser, town: Town, pictures: str | None):
        self.browser = browser
        self.town = town
        self.pictures = pictures
        self.pages = []

    def open(self, visitor: str | None = None, width: int = 1280, height: int = 760) -> Page:
        page = self.browser.open(
            self.town.url, visitor or self.browser.visitor(), width, height)
        self.pages.append(page)
        page.wait("document.getElementById('link').dataset.state === 'live'")
        return page

    def picture(self, page: Page, name: str) -> None:
        if self.pictures:
            # What moves has come to rest by then.
            time.sleep(0.6)
            page.picture(f"{self.pictures}/{name}.png")

    def end(self) -> None:
        for page in self.pages:
            if page.complaints:
                raise Failure("The page complains: " + "; ".join(page.complaints))
            page.close()


def label(page: Page, seat: str, is_as_said: str, seconds: float = 30) -> str:
    """Waits until a seat is called something."""
    name = f"document.querySelector('[data-seat={seat}]').getAttribute('aria-label')"
    page.wait(f"{name}.{is_as_said}", seconds)
    return page.evaluate(name)


def focused(page: Page, seat: str) -> None:
    page.wait(f"document.activeElement.dataset.seat === '{seat}'")


def state(page: Page, value: str, place: str = "#progress-card") -> None:
    page.wait(f"document.querySelector('{place} .booking').dataset.state === '{value}'")


def choose(page: Page, seat: str) -> None:
    page.click(f"[data-seat={seat}]")
    page.wait("document.getElementById('checkout').open")


def demand(truth: bool, sentence: str) -> None:
    if not truth:
        raise Failure(sentence)


@check
def by_keyboard(visit: Visit) -> None:
    """A seat is booked by keyboard alone, and both windows of the visitor and others see it."""
    visitor = visit.browser.visitor()
    page, second = visit.open(visitor), visit.open(visitor)
    stranger = visit.open()
    for _ in range(3):
        page.press("Tab")
        if page.evaluate("document.activeElement.dataset.seat") is not None:
            break
    focused(page, "seat-1")
    for key, seat in [
        ("ArrowLeft", "seat-1"), ("ArrowRight", "seat-2"), ("ArrowDown", "seat-12"),
        ("End", "seat-20"), ("ArrowDown", "seat-30"), ("Home", "seat-21"), ("ArrowUp", "seat-11"),
    ]:
        page.press(key)
        focused(page, seat)
    page.press("Enter")
    page.wait("document.getElementById('checkout').open")
    page.press("Escape")
    page.wait("!document.getElementById('checkout').open")
    focused(page, "seat-11")
    page.press("Enter")
    page.wait("document.activeElement.value === 'card_success'")
    page.press("Enter")
    state(page, "confirmed")
    steps = page.evaluate(
        "[...document.querySelectorAll('#progress-card .step')].map((step) => step.innerText)")
    demand(steps == ["Seat reserved", "Paid 100", "Seat sold to you", "Ticket is in the mail"],
           f"The steps are {steps}")
    booking = page.evaluate("document.querySelector('#progress-card code').textContent")
    demand(visit.town.charges(booking) == 1, f"{booking} was not charged once")
    page.press("Escape")
    focused(page, "seat-11")
    for mine in (page, second):
        label(mine, "seat-11", "endsWith('yours')")
        state(mine, "confirmed", "#bookings")
    label(stranger, "seat-11", "endsWith('sold')")
    page.reload()
    label(page, "seat-11", "endsWith('yours')")
    state(page, "confirmed", "#bookings")


@check
def held(visit: Visit) -> None:
    """A seat that somebody holds says how long, and is not offered; one that is taken meanwhile neither."""
    page = visit.open()
    visit.town.hold("seat-3")
    name = label(page, "seat-3", "includes('left')")
    demand(name == "Seat 3, held, 15 minutes left", f"It is called {name}")
    page.click("[data-seat=seat-3]")
    page.wait("document.getElementById('toast').textContent === 'Seat 3 is held for another buyer.'")
    choose(page, "seat-4")
    visit.town.sell("seat-4")
    page.wait("document.getElementById('pay').disabled")
    page.wait("document.getElementById('order-error').textContent.includes('just been taken')")
    page.press("Escape")


@check
def declined(visit: Visit) -> None:
    """A declined card is undone, and the seat free again."""
    page = visit.open()
    choose(page, "seat-5")
    page.press("ArrowDown")
    page.wait("document.activeElement.value === 'card_decline'")
    page.press("Enter")
    state(page, "undone")
    steps = page.evaluate(
        "[...document.querySelectorAll('#progress-card .step:not([hidden])')].map((s) => s.innerText)")
    demand(steps == ["Seat given back", "Card declined"], f"The steps are {steps}")
    visit.picture(page, "page-declined")
    page.press("Escape")
    label(page, "seat-5", "endsWith('free')")


@check
def bank_in_trouble(visit: Visit) -> None:
    """A bank that does not answer leaves nothing behind."""
    page = visit.open()
    choose(page, "seat-6")
    page.click("[value=card_error]")
    page.click("#pay")
    state(page, "undone")
    text = page.evaluate("document.getElementById('progress-card').innerText")
    demand("Gateway timeout" in text and "Nothing is charged" in text, text)
    page.click("#done")
    label(page, "seat-6", "endsWith('free')")


@check
def killed(visit: Visit) -> None:
    """Endpoint and runtime are killed in the middle of a payment: the page says so, and is right again."""
    page = visit.open()
    choose(page, "seat-7")
    page.press("Enter")
    page.wait("document.querySelector('#progress-card .step:nth-child(2)').dataset.state === 'active'")
    visit.town.kill("endpoint")
    page.wait("document.getElementById('link').innerText === 'Reconnecting…'")
    page.wait("document.querySelector('#progress-card .message').innerText.startsWith('Reconnecting')")
    page.press("Escape")
    page.wait("!document.getElementById('trouble').hidden")
    visit.picture(page, "page-reconnecting")
    visit.town.start("endpoint")
    page.wait("document.getElementById('link').innerText === 'Live'")
    state(page, "confirmed", "#bookings")
    label(page, "seat-7", "endsWith('yours')")
    booking = page.evaluate("document.querySelector('#bookings code').textContent")
    demand(visit.town.charges(booking) == 1, f"{booking} was not charged once")
    visit.town.kill("runtime")
    page.wait("document.getElementById('link').innerText === 'Reconnecting…'")
    choose(page, "seat-8")
    page.press("Enter")
    page.wait("document.getElementById('order-error').innerText.startsWith('Reconnecting')")
    visit.town.start("runtime")
    state(page, "confirmed")
    page.press("Escape")
    page.wait("document.getElementById('link').innerText === 'Live'")
    label(page, "seat-7", "endsWith('yours')")
    label(page, "seat-8", "endsWith('yours')")


@check
def background(visit: Visit) -> None:
    """A window in the background holds no connection, and is right when it is looked at again."""
    visitor = visit.browser.visitor()
    page = visit.open(visitor)
    front = visit.browser.call(
        "Target.createTarget", url="about:blank", browserContextId=visitor)["targetId"]
    page.wait("document.hidden")
    visit.town.sell("seat-9")
    demand(page.evaluate("document.querySelector('[data-seat=seat-9]').dataset.look") == "free",
           "The page listens in the background")
    visit.browser.call("Target.closeTarget", targetId=front)
    page.wait("!document.hidden")
    label(page, "seat-9", "endsWith('sold')")


@check
def widths(visit: Visit) -> None:
    """Nothing is wider than the window, whatever its width, and seats are large enough for fingers."""
    page = visit.open()
    for width, columns in [(1280, 10), (1024, 10), (800, 10), (720, 10), (390, 5), (320, 5)]:
        page.size(width, 760)
        page.wait(f"document.querySelector('.row').children.length === {columns}")
        for is_open in (False, True):
            if is_open:
                choose(page, "seat-50")
            demand(
                page.evaluate("document.documentElement.scrollWidth") <= width,
                f"At {width} pixels the page is wider")
            if is_open:
                page.press("Escape")
                page.wait("!document.getElementById('checkout').open")
        size = page.evaluate(
            "(() => { const box = document.querySelector('.seat').getBoundingClientRect(); "
            "return Math.min(box.width, box.height) })()")
        demand(size >= 44, f"At {width} pixels a seat has {size}")


@check
def read_aloud(visit: Visit) -> None:
    """A screen reader finds a grid of seats with names, and texts that stand out, by day and by night."""
    page = visit.open()
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    names = {}
    for node in nodes:
        if not node.get("ignored"):
            role = node["role"]["value"]
            names.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    demand(names.get("grid") == ["Choose your seat"], f"The grids are {names.get('grid')}")
    demand(len(names["row"]) == 5, f"There are {len(names['row'])} rows")
    seats = [name for name in names["button"] if name.startswith("Seat ")]
    demand(len(seats) == 50 and all(", " in name for name in seats), f"The seats are {seats}")
    demand(page.evaluate("document.querySelectorAll('.seat[tabindex=\"0\"]').length") == 1,
           "Not one seat is in the tab order")
    for dark in (False, True):
        page.prefer(dark)
        # Colours change slowly.
        page.wait("document.getAnimations().length === 0")
        faint = page.evaluate(f"({CONTRAST})()")
        demand(not faint, f"Too faint, {'dark' if dark else 'light'}: {faint}")


@check
def shut_in(visit: Visit) -> None:
    """Scripts from elsewhere do not run, and the cookie is the browser's alone."""
    page = visit.open()
    demand(page.evaluate("document.cookie") == "", "Scripts see the cookie")
    cookies = page.call("Network.getCookies")["cookies"]
    demand([(each["name"], each["httpOnly"], each["sameSite"]) for each in cookies]
           == [("nexus_visitor", True, "Strict")], f"The cookies are {cookies}")
    blocked = page.evaluate("""new Promise((resolve) => {
        const blocked = [];
        document.addEventListener("securitypolicyviolation", (event) => {
            blocked.push(event.effectiveDirective);
            if (blocked.length === 3) resolve(blocked);
        });
        const script = document.createElement("script");
        script.textContent = "window.isBroken = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<p style='color: red'>x</p>");
        fetch("http://example.invalid/").catch(() => {});
    })""")
    demand(sorted(blocked) == ["connect-src", "script-src-elem", "style-src-attr"],
           f"Blocked are {blocked}")
    demand(page.evaluate("window.isBroken") is None, "A script of others has run")
    # The browser tells of what it has blocked.
    demand(len(page.complaints) >= 3, "The browser says nothing of it")
    page.complaints.clear()


@check
def looks(visit: Visit) -> None:
    """The hall by day and by night, wide and narrow (for the pictures)."""
    for seat in (1, 14, 15, 26, 27, 28, 33, 36, 44):
        visit.town.sell(f"seat-{seat}")
    for seat in (22, 39):
        visit.town.hold(f"seat-{seat}")
    page = visit.open()
    label(page, "seat-39", "includes('left')")
    choose(page, "seat-17")
    visit.picture(page, "page-checkout")
    page.press("Enter")
    state(page, "confirmed")
    page.press("Escape")
    label(page, "seat-17", "endsWith('yours')")
    page.wait("document.getElementById('toast').dataset.shown === 'false'")
    visit.picture(page, "page-light")
    page.prefer(dark=True)
    visit.picture(page, "page-dark")
    page.size(390, 844)
    visit.picture(page, "page-narrow-dark")


def sold_out(visit: Visit) -> None:
    """A sealed house that is sold out says so; who has which seat is told to the buyer alone."""
    page, stranger = visit.open(), visit.open()
    choose(page, "seat-1")
    page.press("Enter")
    state(page, "confirmed")
    page.press("Escape")
    label(page, "seat-1", "endsWith('yours')")
    label(stranger, "seat-1", "endsWith('sold')")
    for seat in (2, 3, 4):
        visit.town.sell(f"seat-{seat}")
    for each in (page, stranger):
        each.wait("!document.getElementById('sold-out').hidden")
    page.reload()
    label(page, "seat-1", "endsWith('yours')")


# Texts whose contrast with what is behind them is below WCAG's 4.5, or 3 for large ones. What is
# sold may be fainter.
CONTRAST = """() => {
  const channels = (color) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = channels(getComputedStyle(each).backgroundColor);
      if (color[3] === 255) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility() || element.closest("[data-look=sold], .toast, .unseen")) continue;
    const style = getComputedStyle(element);
    const [one, other] = [light(channels(style.color).slice(0, 3)), light(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const needed = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (contrast < needed) faint.push(`${element.textContent.trim()} ${contrast.toFixed(1)}`);
  }
  return faint;
}"""


def run(checks, browser: Browser, town: Town, pictures: str | None) -> int:
    failed = 0
    for each in checks:
        visit = Visit(browser, town, pictures)
        began = time.monotonic()
        try:
            each(visit)
            visit.end()
            print(f"ok      {each.__doc__} ({time.monotonic() - began:.1f} s)", flush=True)
        except (Failure, OSError) as failure:
            failed += 1
            print(f"FAILED  {each.__doc__}\n        {failure}", flush=True)
    return failed


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--built", required=True, help="the folder of nexus and restate-local")
    arguments.add_argument("--browser", default=shutil.which("chromium") or "chromium")
    arguments.add_argument("--pictures", help="a folder for pictures of the page")
    arguments.add_argument("--only", help="the name of one check")
    chosen = arguments.parse_args()
    if chosen.pictures:
        pathlib.Path(chosen.pictures).mkdir(parents=True, exist_ok=True)
    failed = 0
    with Browser(chosen.browser) as browser:
        checks = [each for each in CHECKS if chosen.only in (None, each.__name__)]
        if checks:
            with Town(chosen.built, charge_time="600ms") as town:
                failed += run(checks, browser, town, chosen.pictures)
        if chosen.only in (None, "sold_out"):
            with Town(chosen.built, "--sealed", "--seats", "4") as town:
                failed += run([sold_out], browser, town, chosen.pictures)
    print("All is well." if failed == 0 else f"{failed} failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
