"""The switch of languages stands on every page of a link, and no answer is lost by it."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.conftest import Opener
from browser.filling import choose
from browser.serving import Link


def test_switching_the_language__midway__keeps_what_is_answered(opened: Opener, link: Link) -> None:
    link.save("about", {"kind": "company"})
    page = opened().new_page()
    page.goto(link.page("network"))
    with page.expect_response("**/autosave"):
        choose(page, "network_density", "4")
    for name, code, button in (("Deutsch", "de", "Speichern und weiter"), ("Français", "fr", "Enregistrer et continuer")):
        page.get_by_role("link", name=name).click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("#f-network_density-4")).to_be_checked()
        expect(page.locator("#form").get_by_role("button", name=button)).to_be_visible()
    page.locator("#form").get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert link.answers()["network_density"] == "4"
