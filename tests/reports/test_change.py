"""The page on change over the years."""

from __future__ import annotations

from report_documents import make_document
from reports.annexes import changed, earlier, make_annex

from assess.definitions.rules import FACTORS
from assess.reports.change import FLAGS, ChangeOverYears, change
from assess.reports.dossier import Dossier


def page(*rounds: object) -> ChangeOverYears:
    found = change(Dossier(make_document(), annex=make_annex(earlier=list(rounds))))
    assert found
    return found


def test_change__without_an_earlier_round__is_no_page() -> None:
    assert change(Dossier(make_document())) is None
    assert change(Dossier(make_document(), annex=make_annex())) is None


def test_change__counts_risen_fallen_and_not_comparable_factors() -> None:
    names = list(FACTORS)
    factors = [
        changed(names[0], 3, 2),
        changed(names[1], 3, 3),
        changed(names[2], 2, 3, "rescaled"),
        *(changed(n, 2, 3) for n in names[3:]),
    ]
    found = page(earlier(2025, factors=factors))
    assert found.sentence == "Since 2025, 4 of the seven success factors rose, 1 fell and 1 stayed; 1 cannot be compared."
    assert [row.difference for row in found.factors[:3]] == ["−1.00", "0.00", "–"]


def test_change__lines__join_only_years_that_compare() -> None:
    apart = earlier(2024, factors=[changed(name, 2, 3, "not comparable") for name in FACTORS])
    assert [len(row.timeline.lines) for row in page(earlier(2025)).factors] == [1] * 7
    assert [len(row.timeline.lines) for row in page(earlier(2025), earlier(2024)).factors] == [2] * 7
    assert [len(row.timeline.lines) for row in page(earlier(2025), apart).factors] == [1] * 7


def test_change__unknown_level__is_said_and_has_no_dot() -> None:
    factors = [changed(name, None, 3, difference=None) for name in FACTORS]
    row = page(earlier(2025, factors=factors)).factors[0]
    assert (row.timeline.points[0].y, row.timeline.points[0].text, row.difference) == (None, "unknown", "–")


def test_change__years__oldest_first_with_what_became_of_their_reports() -> None:
    found = page(earlier(2025), earlier(2023, number="", published=False, type=["marshallian", "undetermined"]))
    assert [(row.year, row.type, row.report) for row in found.years] == [
        ("2023", "Marshallian", "draft, not published"),
        ("2025", "Hybrid", "2025-example-0123ab"),
        ("2026", "Undetermined", "this report"),
    ]


def test_change__indicators__furthest_on_their_scale_first__others_counted() -> None:
    indicators = [
        changed("structure.firms", 60, 64),
        changed("funding.seed", 1.5, 2.5),
        changed("role.marketer", 0.5, 0.07, difference=-0.43),
        changed("porter.rivalry", 3, 4, "reworded", difference=None),
    ]
    found = page(earlier(2025, indicators=indicators))
    assert [(row.name, row.difference) for row in found.moves] == [
        ("Marketer is named", "−43 %"), ("Availability of seed funding", "+1.00"), ("Firms in the cluster", "+4"),
    ]  # fmt: skip
    assert found.apart == "4 indicators are known in both years; 1 of them cannot be compared."


def test_change__every_flag__has_a_shape_a_word_and_a_meaning() -> None:
    factors = [changed(name, 2, 3, flag) for name, flag in zip(FACTORS, [*FLAGS, "same"], strict=True)]
    found = page(earlier(2025, factors=factors))
    assert len({flag.word for flag, _ in found.key}) == len(FLAGS)
    assert all(flag.shape and says for flag, says in found.key)
