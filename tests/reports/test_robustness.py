"""How firm conclusions are, and the action plan, as a report says them."""

from __future__ import annotations

import pytest
from report_documents import make_document
from reports.annexes import drawn, make_annex, planned

from assess.definitions.words import words_of
from assess.reports.dossier import Dossier
from assess.reports.plan import plan
from assess.reports.robustness import FirmRow, robustness, stability_of


def rows(**annex: object) -> dict[str, FirmRow]:
    found = robustness(Dossier(make_document(), annex=make_annex(**annex)))
    assert found
    return {row.name: row for row in found.rows}


def test_robustness__without_annex__is_not_shown() -> None:
    assert robustness(Dossier(make_document())) is None


def test_every_conclusion__has_its_row() -> None:
    found = rows()
    assert len(found) == 2 + 7 + 7
    assert (found["Funding"].says, found["Funding"].turned_by) == ("severe gap", "–")


@pytest.mark.parametrize(("same", "share"), [(1000, "100 %"), (999, "> 99 %"), (994, "99 %"), (870, "87 %"), (4, "< 1 %"), (0, "0 %")])
def test_share__is_never_rounded_to_all_or_none(same: int, share: str) -> None:
    found = rows(stability=drawn({"factor.funding": {"severe": same, "moderate": 1000 - same}}))["Funding"].resampled
    assert found
    assert found.share == share
    assert found.otherwise == ("else moderate gap" if same < 900 else "")


def test_level__worst_and_best_case__stand_together__or_nothing() -> None:
    ends = {"funding": {"low": 1.5, "high": 3.25}, "reputation": {"low": None, "high": None}}
    found = rows(bounds=drawn({}, factors=ends))
    assert [found[name].span for name in ("Funding", "Reputation")] == ["1.50–3.25", ""]
    assert found["Funding"].filled is None


def test_what_would_turn_it__names_figures__or_says_that_none_was_found() -> None:
    change = {"indicator": "funding.seed", "before": 2.5, "after": 3}
    flips = [
        {"about": "factor.funding", "before": "severe", "after": "moderate", "figures": [change]},
        {"about": "stage", "before": "growing", "after": None, "figures": []},
    ]
    found = rows(flips=flips)
    assert found["Funding"].turned_by == "moderate gap: “Availability of seed funding” 2.50 → 3.00"
    assert found["Stage"].turned_by == "no change of one or two known figures turns it"


@pytest.mark.parametrize("why", ["indicator_file", "erased", "stale", "nobody"])
def test_no_resamples__the_reason_is_said(why: str) -> None:
    found = robustness(Dossier(make_document(), annex=make_annex(no_stability=why)))
    assert found
    assert found.resampling.startswith("Not resampled: ")


def test_resamples__seed_and_number_are_said() -> None:
    dossier = Dossier(make_document(), annex=make_annex(stability=drawn({"stage": {"growing": 941, "mature": 59}}), no_stability=""))
    found = robustness(dossier)
    assert found
    assert "1,000 times" in found.resampling
    assert "(seed 1)" in found.resampling
    assert stability_of(dossier, "stage") == "94 %"
    assert stability_of(Dossier(make_document()), "stage") == ""


def test_plan__says_who_until_when_and_what_is_to_move() -> None:
    items = [planned(), planned(state="dropped", because="No co-investor was found.", indicator=None, due=None)]
    first, last = plan(Dossier(make_document(), annex=make_annex(plan=items)))
    assert (first.due, first.aim, first.state) == ("31 March 2027", "Availability of seed funding: from 2.50 to 3.50", "planned")
    assert (last.due, last.aim, last.state, last.because) == ("no day set", "no indicator named", "dropped", "No co-investor was found.")


def test_plan__in_german__tells_the_instrument_in_german__and_one_that_no_rule_base_knows_as_it_stands() -> None:
    items = [planned(), planned(instrument=None, title="A fair of our own")]
    german = plan(Dossier(make_document(), words_of("de"), annex=make_annex(plan=items)))
    assert [row.title for row in german] == ["Seed-Fonds", "A fair of our own"]


def test_plan__baseline_unknown__is_said() -> None:
    (row,) = plan(Dossier(make_document(), annex=make_annex(plan=[planned(baseline=None)])))
    assert row.aim == "Availability of seed funding: from unknown to 3.50"
