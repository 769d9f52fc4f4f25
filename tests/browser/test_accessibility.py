"""No barrier by WCAG 2.2 AA on any page, in light and in dark."""

from __future__ import annotations

import pytest

from browser.conftest import Opener
from browser.judging import barriers, pale
from browser.serving import SurveySite
from browser.walking import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_page__in_light_and_dark__has_no_barrier(opened: Opener, site: SurveySite, name: str) -> None:
    page = opened().new_page()
    PAGES[name](page, site)
    found = barriers(page)
    page.emulate_media(color_scheme="dark")
    found += [f"in dark: {barrier}" for barrier in pale(page)]
    assert not found, "\n".join(found)
