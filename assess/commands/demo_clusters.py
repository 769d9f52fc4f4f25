"""The four made-up clusters of the demo: what sets them apart, who answered last year, and how far this year's round is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assess.definitions.questionnaire_items import MemberKind
from assess.exchange.synthetic_profiles import Profile
from assess.store.tables import RoundState


class Stage(StrEnum):
    """How far somebody is who was asked."""

    INVITED = "invited"
    OPENED = "opened"
    HALF_DONE = "half done"
    COMPLETE = "complete"
    HANDED_IN = "handed in"
    REOPENED = "reopened"
    DELEGATED = "delegated"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class DemoCluster:
    """One cluster. `stages` are those of this year's members in turn; members beyond them have handed in."""

    name: str
    sector: str
    region: str
    seed: int
    profile: Profile
    checked: Mapping[str, str]
    """What the evaluator found out about links, by item."""
    members: int
    silent_last_year: int
    """Members who did not answer last year."""
    state: RoundState
    stages: tuple[Stage, ...] = ()
    management: Stage = Stage.HANDED_IN
    evaluator: Stage = Stage.HANDED_IN
    moved: Mapping[str, float] = field(default_factory=dict)
    """Opinions that are others this year."""


_C, _R, _E, _P = MemberKind.COMPANY, MemberKind.RESEARCH, MemberKind.EDUCATION, MemberKind.PUBLIC
_I, _S, _A = MemberKind.INVESTOR, MemberKind.SERVICE, MemberKind.ASSOCIATION
_MOSTLY_FIRMS = (_C, _C, _R, _C, _S, _C, _C, _E, _C, _P, _C, _R, _C, _I, _C, _A)
_MANY_INSTITUTES = (_C, _R, _C, _R, _P, _C, _E, _R, _C, _S, _C, _R, _I, _A)


def _figures(text: str) -> dict[str, str]:
    return {name: figure for name, figure in (entry.split() for entry in text.split(","))}  # noqa: C416 - says that each entry is a pair


_VALLEY = DemoCluster(
    name="Example Valley (synthetic)",
    sector="photonics",
    region="Example Valley",
    seed=11,
    profile=Profile(
        kinds=_MOSTLY_FIRMS,
        opinions={
            "network.startups": 4.4,
            "network.mature_companies": 2.6,
            "network": 3.3,
            "collaboration": 3.8,
            "linkage": 4.1,
            "linkage.external_control": 1.8,
            "linkage.anchor_contracts": 1.8,
            "funding": 2.2,
            "research": 3.6,
            "visibility": 2.9,
        },
        figures=_figures("""
            founding_year 2015, organisation_year 2016, anchor_firms 0, top3_employment 1300, firms_dependent_on_anchors 3,
            public_anchor_employment 100, firms_dependent_on_public 2, small_firms 60, large_firms 4, locally_owned_firms 58, branch_plants
            3, organisations_last_year 80, members_joined 17, members_left 3, employment_last_year 7700, new_firms 7, closed_firms 1,
            joint_projects 30
        """),
    ),
    checked=_figures("value_chain_steps 10, value_chain_present 6, linkage_local_sourcing_share 55, linkage_local_customers_share 30"),
    members=20,
    silent_last_year=2,
    state=RoundState.OPEN,
    stages=(
        *(Stage.HANDED_IN,) * 6,
        *(Stage.HALF_DONE,) * 3,
        *(Stage.COMPLETE,) * 2,
        *(Stage.OPENED,) * 2,
        Stage.REOPENED,
        Stage.DELEGATED,
        Stage.BOUNCED,
        Stage.UNSUBSCRIBED,
        *(Stage.INVITED,) * 3,
    ),
    management=Stage.HALF_DONE,
    evaluator=Stage.OPENED,
)
_COAST = DemoCluster(
    name="Sample Coast (synthetic)",
    sector="maritime technology",
    region="Sample Coast",
    seed=23,
    profile=Profile(
        kinds=_MOSTLY_FIRMS,
        opinions={
            "network": 4.3,
            "network.mature_companies": 4.6,
            "network.startups": 2.4,
            "research": 4.3,
            "visibility": 4.2,
            "growth.brand": 4.3,
            "linkage.supplier_cooperation": 4.4,
            "linkage.anchor_contracts": 4.5,
            "linkage.competitor_cooperation": 2.2,
            "linkage.external_control": 2.1,
            "growth.lock_in": 4.1,
            "people": 3.2,
            "funding": 3.9,
        },
        figures=_figures("""
            founding_year 1984, organisation_year 1998, firms 132, organisations 162, small_firms 121, large_firms 11, locally_owned_firms
            98, branch_plants 20, firms_outside 60, paying_members 140, active_members 90, employment 26500, top3_employment 12800,
            anchor_firms 3, public_anchor_employment 900, firms_dependent_on_anchors 55, firms_dependent_on_public 6,
            organisations_last_year 161, members_joined 5, members_left 4, employment_last_year 26300, new_firms 2, closed_firms 3,
            joint_projects 60, public_private_projects 24, international_members 80, growth_intercluster_links 6
        """),
    ),
    checked=_figures("value_chain_steps 10, value_chain_present 9, linkage_local_sourcing_share 48, linkage_local_customers_share 22"),
    members=18,
    silent_last_year=0,
    state=RoundState.OPEN,
    stages=(Stage.HALF_DONE, Stage.INVITED),
    evaluator=Stage.COMPLETE,
)
_PLAIN = DemoCluster(
    name="Model Plain (synthetic)",
    sector="automotive parts",
    region="Model Plain",
    seed=37,
    profile=Profile(
        kinds=_MOSTLY_FIRMS,
        opinions={
            "network": 2.4,
            "network.startups": 1.6,
            "network.mature_companies": 3.8,
            "collaboration": 2.0,
            "linkage": 1.9,
            "linkage.external_control": 4.5,
            "research": 2.0,
            "visibility": 2.4,
            "growth.lock_in": 3.8,
            "infrastructure": 4.2,
        },
        figures=_figures("""
            founding_year 1996, organisation_year 2012, firms 48, organisations 66, research_organisations 2, education_providers 5,
            public_agencies 4, investors 1, service_providers 4, associations 2, small_firms 26, large_firms 22, locally_owned_firms 12,
            branch_plants 34, firms_outside 20, paying_members 50, active_members 24, employment 14200, top3_employment 4900, anchor_firms
            1, public_anchor_employment 200, firms_dependent_on_anchors 5, firms_dependent_on_public 1, organisations_last_year 67,
            members_joined 2, members_left 3, employment_last_year 14700, new_firms 0, closed_firms 2, joint_projects 4,
            public_private_projects 1, international_members 9, growth_intercluster_links 0, members_using_services 20, members_met 24
        """),
    ),
    checked=_figures("value_chain_steps 9, value_chain_present 4, linkage_local_sourcing_share 14, linkage_local_customers_share 8"),
    members=15,
    silent_last_year=3,
    state=RoundState.PLANNED,
)
_HILLS = DemoCluster(
    name="Specimen Hills (synthetic)",
    sector="medical technology",
    region="Specimen Hills",
    seed=41,
    profile=Profile(
        kinds=_MANY_INSTITUTES,
        opinions={
            "network": 2.2,
            "network.startups": 2.4,
            "network.mature_companies": 1.7,
            "research": 4.2,
            "research.private": 2.2,
            "funding": 1.9,
            "visibility": 1.8,
            "growth.brand": 1.7,
            "linkage.competitor_cooperation": 2.1,
            "linkage.supplier_cooperation": 2.3,
            "linkage.external_control": 2.6,
            "people": 3.6,
        },
        figures=_figures("""
            founding_year 2021, organisation_year 2022, firms 22, organisations 46, research_organisations 9, education_providers 4,
            public_agencies 5, investors 1, service_providers 3, associations 2, small_firms 21, large_firms 1, locally_owned_firms 15,
            branch_plants 4, firms_outside 10, paying_members 30, active_members 22, employment 5200, top3_employment 700, anchor_firms 0,
            public_anchor_employment 3100, firms_dependent_on_anchors 0, firms_dependent_on_public 11, organisations_last_year 45,
            members_joined 3, members_left 2, employment_last_year 5100, new_firms 1, closed_firms 0, joint_projects 3,
            public_private_projects 2, international_members 4, growth_intercluster_links 1, members_using_services 20, members_met 24
        """),
    ),
    checked=_figures("value_chain_steps 8, value_chain_present 3, linkage_local_sourcing_share 25, linkage_local_customers_share 20"),
    members=14,
    silent_last_year=2,
    state=RoundState.CLOSED,
    stages=(Stage.COMPLETE,),
    moved={"network": 3.0, "network.startups": 3.7, "funding": 3.1, "visibility": 2.5},
)
CLUSTERS = (_VALLEY, _COAST, _PLAIN, _HILLS)
