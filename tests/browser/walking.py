"""The pages of the site, each brought up in a state worth judging."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.filling import choose
from browser.serving import SECTIONS, SurveySite

Walk = Callable[[Page, SurveySite], None]


def section(name: str) -> Walk:
    """A section of a company that has told its kind only."""

    def walk(page: Page, site: SurveySite) -> None:
        link = site.link()
        link.save("about", {"kind": "company"})
        page.goto(link.page(name))
        expect(page.locator("#form")).to_be_visible()

    return walk


def at(name: str) -> Walk:
    """Another page of a link, with one section answered."""

    def walk(page: Page, site: SurveySite) -> None:
        link = site.link()
        link.save("about", {"kind": "company", "size": "small"})
        page.goto(link.page(name))

    return walk


def started(page: Page, site: SurveySite) -> None:
    """The start page before Start."""
    page.goto(site.link().start)
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def begun(page: Page, site: SurveySite) -> None:
    """The start page of a response under way."""
    link = site.link()
    link.save("about", {"kind": "company"})
    page.goto(link.start)
    expect(page.get_by_role("link", name="Continue")).to_be_visible()


def chosen(page: Page, site: SurveySite) -> None:
    """A table with answers."""
    section("network")(page, site)
    choose(page, "network_density", "4")
    choose(page, "network_startups", "dont_know")


def corrected(page: Page, site: SurveySite) -> None:
    """A section that comes back because of an answer that cannot be."""
    section("closing")(page, site)
    page.locator("#f-linkage_local_sourcing_share").fill("135")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".summary")).to_be_visible()


def wanting(page: Page, site: SurveySite) -> None:
    """The review page of a response that cannot be sent yet."""
    link = site.link()
    link.save("about", {"kind": "company"})
    link.save("closing", {"linkage_local_sourcing_share": "135"})
    page.goto(link.page("review"))
    expect(page.locator(".summary")).to_be_visible()


def contested(page: Page, site: SurveySite) -> None:
    """Both answers to one question."""
    link = site.link()
    link.save("about", {"kind": "company"})
    page.goto(link.page("network"))
    link.save("network", {"network_density": "2"})
    choose(page, "network_density", "5")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("Saved meanwhile")).to_be_visible()


def received(page: Page, site: SurveySite) -> None:
    """The receipt, with a section opened."""
    link = site.link()
    link.submit()
    page.goto(link.page("receipt"))
    page.locator("details.reviewed summary").first.click()
    expect(page.locator("dl.answers").first).to_be_visible()


def released(page: Page, site: SurveySite) -> None:
    """The figures of a closed round."""
    page.goto(site.closed_link().page("results"))
    expect(page.locator("table.results").first).to_be_visible()


def expired(page: Page, site: SurveySite) -> None:
    """A link that is over."""
    page.goto(site.expired_link().start)


def unknown(page: Page, site: SurveySite) -> None:
    """A link that never was."""
    page.goto(f"{site.link().start}x")


def door(page: Page, site: SurveySite) -> None:
    """The address without a link."""
    page.goto(f"{site.origin}/")


def refused_address(page: Page, site: SurveySite) -> None:
    """A colleague's address that cannot be one."""
    at("delegate")(page, site)
    page.get_by_label("Mail address of your colleague").fill("nobody")
    page.get_by_role("button", name="Send the link").click()
    expect(page.locator(".summary")).to_be_visible()


EVERY_SECTION: dict[str, Walk] = {f"section {name}": section(name) for name in SECTIONS}
PAGES: dict[str, Walk] = {
    "start": started,
    "start of a response under way": begun,
    "section with choices": section("about"),
    "section with tables": section("network"),
    "section with boxes": section("closing"),
    "table with answers": chosen,
    "section to correct": corrected,
    "review": at("review"),
    "review to correct": wanting,
    "conflict": contested,
    "receipt": received,
    "results before the end": at("results"),
    "results": released,
    "delegate": at("delegate"),
    "delegate to correct": refused_address,
    "unsubscribe": at("unsubscribe"),
    "blank form": at("blank"),
    "expired link": expired,
    "unknown link": unknown,
    "front door": door,
}
