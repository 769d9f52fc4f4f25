"""French pages: the spaces before colons and other marks where the program joins texts."""

import pytest

from assess.reports.spacing import spaced

NARROW, FIXED = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<b>Niveau</b>: 3,8; cible: 4", f"<b>Niveau</b>{FIXED}: 3,8{NARROW}; cible{FIXED}: 4"),
        ("<th>Comparable?</th>", f"<th>Comparable{NARROW}?</th>"),
        (f"<p>Niveau{FIXED}: 3{NARROW}; 4</p>", f"<p>Niveau{FIXED}: 3{NARROW}; 4</p>"),
    ],
)
def test_spacing__french__marks_are_kept_off_the_word_before(page: str, expected: str) -> None:
    assert spaced(page, "fr") == expected


@pytest.mark.parametrize(
    "page",
    [
        "<th>?</th>",
        '<p style="margin: 0; top: 1">a&amp; b&#39; c</p>',
        "https://example.org/a 12:00 type.is.growing",
        '<div class="works">A: b',
    ],
)
def test_spacing__tags_entities_signs_addresses_and_works__stay_as_they_are(page: str) -> None:
    assert spaced(page, "fr") == page


def test_spacing__other_languages__stay_as_they_are() -> None:
    assert spaced("Level: 3; target: 4?", "de") == "Level: 3; target: 4?"
