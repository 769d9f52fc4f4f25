"""What codes are called in a report: types, stages, factors' states, profiles, screens, groups of indicators."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assess.definitions.scales import Scale, written

UNKNOWN = "unknown"
_LINE = 70

TYPES = {
    "marshallian": "Marshallian",
    "hub_and_spoke": "Hub-and-spoke",
    "satellite_platform": "Satellite platform",
    "state_anchored": "State-anchored",
    "hybrid": "Hybrid",
    "undetermined": "Undetermined",
}
TYPE_MEANINGS = {
    "marshallian": "small and medium-sized firms, owned in the region",
    "hub_and_spoke": "one or several large firms with many smaller suppliers",
    "satellite_platform": "medium and large branch plants of groups elsewhere",
    "state_anchored": "a large public or non-profit body with supplying firms",
}
STAGES = {"potential": "Potential", "growing": "Growing", "mature": "Mature", "undetermined": "Undetermined"}
STAGE_MEANINGS = {
    "potential": "embryonic: the idea and the first members",
    "growing": "members, projects and firms increase",
    "mature": "established; renewal is the question",
}
FLAGS = {
    "stagnating": ("Stagnating", "goals are vague and growth has stopped"),
    "lock_in": ("Lock-in", "the cluster holds on to existing technologies and industries"),
}
ORIGINS = {"member": "members", "management": "management", "evaluator": "evaluator"}
GROUPS = {
    "structure": "Structure",
    "linkage": "Local linkages",
    "growth": "Growth and outlook",
    "network": "Industrial network",
    "research": "Research base",
    "infrastructure": "Infrastructure",
    "collaboration": "Collaboration",
    "people": "Human resources",
    "funding": "Funding",
    "visibility": "Visibility",
    "porter": "Porter’s four conditions",
    "benefit": "Benefits of membership",
    "integration": "Integration",
    "strategy": "Strategy",
    "spillover": "Knowledge spillovers",
    "management": "Cluster management",
    "initiative": "Cluster initiative",
    "role": "Roles",
    "stakeholder": "Stakeholders",
    "function": "Facilitator’s functions",
    "competency": "Facilitator’s competencies",
}
PROFILES = {
    "porter": ("Porter’s four conditions", "What makes firms of a place competitive, as members rate it.", ("porter",)),
    "benefit": ("Benefits of membership", "What members say they gain from being in the cluster.", ("benefit",)),
    "integration": ("Integration", "How far relations along and across the value chain reach.", ("integration",)),
    "strategy": ("Strategy and ambition", "Vision, objectives, plan and review.", ("strategy",)),
    "spillover": ("Knowledge spillovers", "How often members experience each kind: 1 never, 5 constantly.", ("spillover",)),
    "management": ("Cluster management", "How members rate the management; figures from the management itself.", ("management",)),
    "initiative": ("Cluster initiative", "The five success factors of a cluster initiative.", ("initiative",)),
    "role": ("Roles", "Share of members who can name who fills each role.", ("role",)),
    "stakeholder": ("Stakeholders", "Presence and commitment of the groups an initiative needs.", ("stakeholder",)),
    "facilitation": (
        "Facilitation",
        "Functions and competencies that the present stage and the next one ask of the facilitator.",
        ("function", "competency"),
    ),
}
SCREENS = {
    "competitiveness": ("Competitiveness-cluster screen", "The criteria of the French call of 2004."),
    "strategy": ("Strategy screen", "What an ambitious cluster strategy rests on."),
}
CRITERIA = {
    "combination": "Firms, education and research combined in one area",
    "partnership": "Public–private partnership around research projects",
    "critical_mass": "Critical mass: international visibility",
    "business_led": "Business-led",
    "public_backing": "Sustained public backing",
    "companies_of_scale": "Companies of scale",
    "research_base": "Strong research base",
}
FIELDS = {
    "finance": "Finance",
    "management": "Management",
    "dialogue": "Dialogue",
    "knowledge": "Knowledge",
    "people": "People",
    "infrastructure": "Infrastructure",
    "visibility": "Visibility",
    "demand": "Demand",
    "growth": "Growth",
    "diversification": "Diversification",
}
HORIZONS = {"short": "Short", "long": "Long"}
AUDIENCES = {
    "agency": "For the funding agency and policymakers",
    "management": "For the cluster management",
    "executives": "For executives of member organisations",
}
STRATA = {
    "evidence": "Evidence on type and stage",
    "classification": "Type and stage",
    "flags": "Flags",
    "targets": "Targets of the success factors",
    "gaps": "Success factors",
    "profiles": "Profiles",
    "screens": "Screens",
    "recommendations": "Recommended instruments",
    "conflicts": "Exclusions, cautions and limits",
    "advice": "Advice and grant conditions",
}


def shown(value: Any, scale: Scale) -> str:
    """Write a number from a diagnosis on its scale; None is "unknown", never a blank or a zero."""
    return UNKNOWN if value is None else written(Decimal(str(value)), scale)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: "1 rule", "3 rules"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: list[str] | tuple[str, ...]) -> str:
    """Join as a sentence does: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def lower_first(text: str) -> str:
    """Begin a text in lower case, for use inside a sentence; names and abbreviations stay as they are."""
    keeps = text[:1].isupper() and (text[1:2].isupper() or text.split("’")[0] in ("Porter",) or text.startswith(("Porter", "Marshall")))
    return text if keeps else text[:1].lower() + text[1:]


def shortened(text: str) -> str:
    """Cut a long name where a line must hold it; the cover gives it in full."""
    return text if len(text) <= _LINE else text[: _LINE - 1].rstrip() + "…"


def spoken(code: str) -> str:
    """Turn a code into words: "no_shared_vision" → "no shared vision"."""
    return code.replace("_", " ").replace("-", " ").replace(".", ": ")
