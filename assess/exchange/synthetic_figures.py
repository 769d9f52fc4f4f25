"""Figures of a made-up cluster that add up, and whole numbers that keep a constraint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from assess.definitions.expression_tree import COMPARISONS, Current, Pair, walk
from assess.definitions.expressions import Expression, evaluate
from assess.engine.answers import Answers

_LOWEST, _HIGHEST = 0, 1_000_000
_FIGURES = """
    founding_year 2008, organisation_year 2010, firms 64, research_organisations 6, education_providers 5, public_agencies 4,
    investors 3, service_providers 8, associations 4, organisations 94, firms_outside 40, paying_members 82, active_members 55,
    small_firms 58, large_firms 6, locally_owned_firms 49, branch_plants 11, employment 8600, top3_employment 3400, anchor_firms 2,
    public_anchor_employment 700, firms_dependent_on_anchors 14, firms_dependent_on_public 5, organisations_last_year 88,
    members_joined 9, members_left 3, employment_last_year 8300, new_firms 4, closed_firms 2, joint_projects 21,
    public_private_projects 9, international_members 26, growth_intercluster_links 5, strategy_year 2021,
    steering_business_percent 60, management_staff_fte 4.5, management_paid_posts yes, management_public_funding_share 60,
    budget_fees_percent 22, budget_services_percent 13, budget_other_percent 5, funding_secured_months 20,
    members_using_services 51, members_met 47, events 18, working_groups 6, staff_exchanges 3, new_offers 11, spin_offs 2,
    settled_companies 2, press_reports 34, stories_published 9
"""


def management_figures(today: date) -> dict[str, str]:
    """Return what the management of the made-up cluster states, by item; its figures describe the last full year."""
    pairs = (entry.split() for entry in _FIGURES.split(","))
    return {"reporting_year": str(today.year - 1)} | {name: figure for name, figure in pairs}  # noqa: C416 - says that each entry is a pair


def bounds(constraint: Expression, answers: Answers, today: date) -> tuple[int, int]:
    """Return the least and the greatest whole number that the linear comparisons of a constraint let through, at most 0 to 1,000,000."""
    low, high = Decimal(_LOWEST), Decimal(_HIGHEST)
    for comparison in _comparisons(constraint):
        root = _root(comparison, answers, today)
        if root is None:
            continue
        below = evaluate(comparison, answers, today=today, current=root - 1) is True
        above = evaluate(comparison, answers, today=today, current=root + 1) is True
        if not below:
            low = max(low, root)
        if not above:
            high = min(high, root)
    return int(low.to_integral_value(ROUND_CEILING)), int(high.to_integral_value(ROUND_FLOOR))


def _comparisons(constraint: Expression) -> Iterator[Pair]:
    """Yield the comparisons of the answer itself that must all hold."""
    if isinstance(constraint, Pair) and constraint.operator == "and":
        yield from _comparisons(constraint.left)
        yield from _comparisons(constraint.right)
    elif isinstance(constraint, Pair) and constraint.operator in COMPARISONS and any(isinstance(e, Current) for e in walk(constraint)):
        yield constraint


def _root(comparison: Pair, answers: Answers, today: date) -> Decimal | None:
    """Return where both sides are equal, taken as linear in the answer; None where that cannot be told."""
    difference = Pair("-", comparison.left, comparison.right)
    at_zero = evaluate(difference, answers, today=today, current=Decimal(0))
    at_one = evaluate(difference, answers, today=today, current=Decimal(1))
    if not isinstance(at_zero, Decimal) or not isinstance(at_one, Decimal) or at_zero == at_one:
        return None
    return at_zero / (at_zero - at_one)
