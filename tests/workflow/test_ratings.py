"""Second ratings: blind until finished, then compared with the first sheet item by item and over all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from assess.store.session import writing
from assess.workflow import ratings, sheets
from assess.workflow.refusals import Unfit
from workflow.evaluating import answer_sheet, make_account, open_round, verbs
from workflow.surveying import NOON


def test_a_second_rating__is_compared_once_finished__and_not_before(engine: Engine) -> None:
    with writing(engine) as session:
        round_, first, rater = open_round(session), make_account(session), make_account(session, "Emil")
        answer_sheet(session, round_, first, {"idea": "4", "trust": "2", "firms": "120"})
        for item, raw in (("idea", "1"), ("trust", "3"), ("idea", "4")):
            ratings.rate(session, round_, account_id=rater, item=item, raw=raw, now=NOON)
        assert ratings.agreement(session, round_) == ()
        ratings.finish_rating(session, round_, account_id=rater, now=NOON)
        (found,) = ratings.agreement(session, round_)
        assert found.account_id == rater
        assert [(pair.item.name, pair.first, pair.second, pair.distance) for pair in found.items] == [("idea", 4, 4, 0), ("trust", 2, 3, 1)]
        assert (found.overall.n, found.overall.exact, found.overall.within_one, found.overall.kappa) == (
            2,
            Decimal("0.5"),
            Decimal(1),
            None,
        )
        assert "there are 2" in found.overall.no_kappa
        assert verbs(session)[-1] == "finish_rating"


def test_an_item_that_one_does_not_know__is_shown_but_not_counted(engine: Engine) -> None:
    with writing(engine) as session:
        round_, first, rater = open_round(session), make_account(session), make_account(session, "Emil")
        answer_sheet(session, round_, first, {"idea": "4"})
        for item, raw in (("idea", "dont_know"), ("trust", "3")):
            ratings.rate(session, round_, account_id=rater, item=item, raw=raw, now=NOON)
        ratings.finish_rating(session, round_, account_id=rater, now=NOON)
        (found,) = ratings.agreement(session, round_)
        assert [(pair.first, pair.second, pair.distance) for pair in found.items] == [(4, None, None), (None, 3, None)]
        assert found.overall.n == 0


def test_a_rater__may_see_the_first_sheet__before_rating_or_after_finishing_only(engine: Engine) -> None:
    with writing(engine) as session:
        round_, rater = open_round(session), make_account(session)
        assert ratings.may_see_first(session, round_, rater)
        ratings.rate(session, round_, account_id=rater, item="idea", raw="4", now=NOON)
        assert not ratings.may_see_first(session, round_, rater)
        ratings.finish_rating(session, round_, account_id=rater, now=NOON)
        assert ratings.may_see_first(session, round_, rater)
        with pytest.raises(Unfit, match="Leave the ratings"):
            ratings.rate(session, round_, account_id=rater, item="idea", raw="5", now=NOON)
        with pytest.raises(Unfit, match="finished before"):
            ratings.finish_rating(session, round_, account_id=rater, now=NOON)


def test_whoever_has_opened_the_first_sheet__does_not_rate(engine: Engine) -> None:
    with writing(engine) as session:
        round_, rater = open_round(session), make_account(session)
        sheets.open_sheet(session, round_, account_id=rater, now=NOON)
        with pytest.raises(Unfit, match="would not be blind"):
            ratings.rate(session, round_, account_id=rater, item="idea", raw="4", now=NOON)


@pytest.mark.parametrize(
    ("item", "raw", "says"),
    [("firms", "12", "from 1 to 5"), ("plan", "yes", "from 1 to 5"), ("idea", "6", "Correct the answer to")],
)
def test_only_choices_from_1_to_5__are_rated(engine: Engine, item: str, raw: str, says: str) -> None:
    with writing(engine) as session:
        round_, rater = open_round(session), make_account(session)
        with pytest.raises(Unfit, match=says):
            ratings.rate(session, round_, account_id=rater, item=item, raw=raw, now=NOON)


def test_a_rating_that_is_emptied__is_taken_back(engine: Engine) -> None:
    with writing(engine) as session:
        round_, rater = open_round(session), make_account(session)
        ratings.rate(session, round_, account_id=rater, item="idea", raw="4", now=NOON)
        assert ratings.rate(session, round_, account_id=rater, item="idea", raw=" ", now=NOON) is None
        assert ratings.ratings_of(session, round_, rater) == ()
        with pytest.raises(Unfit, match="Rate at least one item"):
            ratings.finish_rating(session, round_, account_id=rater, now=NOON)
