"""What codes are called in a report: types, stages, factors' states, profiles, screens, groups of indicators."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from assess.definitions.scales import Scale, written
from assess.definitions.words import ENGLISH, Words, words_of
from assess.phrases import message

_ENGLISH = words_of(ENGLISH)
_UPPER = "de"
YES, NO = message("yes"), message("no")
UNKNOWN = message("unknown")
_LINE = 70

TYPES = {
    "marshallian": message("Marshallian"),
    "hub_and_spoke": message("Hub-and-spoke"),
    "satellite_platform": message("Satellite platform"),
    "state_anchored": message("State-anchored"),
    "hybrid": message("Hybrid"),
    "undetermined": message("Undetermined"),
}
TYPE_MEANINGS = {
    "marshallian": message("small and medium-sized firms, owned in the region"),
    "hub_and_spoke": message("one or several large firms with many smaller suppliers"),
    "satellite_platform": message("medium and large branch plants of groups elsewhere"),
    "state_anchored": message("a large public or non-profit body with supplying firms"),
}
STAGES = {
    "potential": message("Potential"),
    "growing": message("Growing"),
    "mature": message("Mature"),
    "undetermined": message("Undetermined"),
}
STAGE_MEANINGS = {
    "potential": message("embryonic: the idea and the first members"),
    "growing": message("members, projects and firms increase"),
    "mature": message("established; renewal is the question"),
}
FLAGS = {
    "stagnating": (message("Stagnating"), message("goals are vague and growth has stopped")),
    "lock_in": (message("Lock-in"), message("the cluster holds on to existing technologies and industries")),
}
KINDS = {
    "company": message("Companies"),
    "research": message("Research organisations"),
    "education": message("Education providers"),
    "public": message("Public agencies"),
    "investor": message("Investors"),
    "service": message("Service providers"),
    "association": message("Associations"),
}
ORIGINS = {"member": message("members"), "management": message("management"), "evaluator": message("evaluator")}
QUESTIONNAIRES = {
    "member": message("Member questionnaire"),
    "management": message("Management questionnaire"),
    "evaluator": message("Evaluator questionnaire"),
}
STATUSES = {"draft": message("draft"), "published": message("published")}
GROUPS = {
    "structure": message("Structure"),
    "linkage": message("Local linkages"),
    "growth": message("Growth and outlook"),
    "network": message("Industrial network"),
    "research": message("Research base"),
    "infrastructure": message("Infrastructure"),
    "collaboration": message("Collaboration"),
    "people": message("Human resources"),
    "funding": message("Funding"),
    "visibility": message("Visibility"),
    "porter": message("Porter’s four conditions"),
    "benefit": message("Benefits of membership"),
    "integration": message("Integration"),
    "strategy": message("Strategy"),
    "spillover": message("Knowledge spillovers"),
    "management": message("Cluster management"),
    "initiative": message("Cluster initiative"),
    "role": message("Roles"),
    "stakeholder": message("Stakeholders"),
    "function": message("Facilitator’s functions"),
    "competency": message("Facilitator’s competencies"),
}
PROFILES = {
    "porter": (message("Porter’s four conditions"), message("What makes firms of a place competitive, as members rate it."), ("porter",)),
    "benefit": (message("Benefits of membership"), message("What members say they gain from being in the cluster."), ("benefit",)),
    "integration": (message("Integration"), message("How far relations along and across the value chain reach."), ("integration",)),
    "strategy": (message("Strategy and ambition"), message("Vision, objectives, plan and review."), ("strategy",)),
    "spillover": (
        message("Knowledge spillovers"),
        message("How often members experience each kind: 1 never, 5 constantly."),
        ("spillover",),
    ),
    "management": (
        message("Cluster management"),
        message("How members rate the management; figures from the management itself."),
        ("management",),
    ),
    "initiative": (message("Cluster initiative"), message("The five success factors of a cluster initiative."), ("initiative",)),
    "role": (message("Roles"), message("Share of members who can name who fills each role."), ("role",)),
    "stakeholder": (message("Stakeholders"), message("Presence and commitment of the groups an initiative needs."), ("stakeholder",)),
    "facilitation": (
        message("Facilitation"),
        message("Functions and competencies that the present stage and the next one ask of the facilitator."),
        ("function", "competency"),
    ),
}
SCREENS = {
    "competitiveness": (message("Competitiveness-cluster screen"), message("The criteria of the French call of 2004.")),
    "strategy": (message("Strategy screen"), message("What an ambitious cluster strategy rests on.")),
}
CRITERIA = {
    "combination": message("Firms, education and research combined in one area"),
    "partnership": message("Public–private partnership around research projects"),
    "critical_mass": message("Critical mass: international visibility"),
    "business_led": message("Business-led"),
    "public_backing": message("Sustained public backing"),
    "companies_of_scale": message("Companies of scale"),
    "research_base": message("Strong research base"),
}
FIELDS = {
    "finance": message("Finance"),
    "management": message("Management"),
    "dialogue": message("Dialogue"),
    "knowledge": message("Knowledge"),
    "people": message("People"),
    "infrastructure": message("Infrastructure"),
    "visibility": message("Visibility"),
    "demand": message("Demand"),
    "growth": message("Growth"),
    "diversification": message("Diversification"),
}
SEVERITIES = {"none": message("no gap"), "moderate": message("moderate"), "severe": message("severe"), "unknown": message("unknown")}
"""Of a gap."""
CONFIDENCES = {"high": message("high"), "medium": message("medium"), "low": message("low"), "unknown": message("unknown")}
HORIZONS = {"short": message("Short"), "long": message("Long")}
AUDIENCES = {
    "agency": message("For the funding agency and policymakers"),
    "management": message("For the cluster management"),
    "executives": message("For executives of member organisations"),
}
STRATA = {
    "evidence": message("Evidence on type and stage"),
    "classification": message("Type and stage"),
    "flags": message("Flags"),
    "targets": message("Targets of the success factors"),
    "gaps": message("Success factors"),
    "profiles": message("Profiles"),
    "screens": message("Screens"),
    "recommendations": message("Recommended instruments"),
    "conflicts": message("Exclusions, cautions and limits"),
    "advice": message("Advice and grant conditions"),
}

_LEVELS = (Scale.LIKERT, Scale.DIFFERENCE)
"""Scales of which several numbers stand below each other."""


def shown(value: Any, scale: Scale, words: Words = _ENGLISH) -> str:
    """Write a number from a diagnosis on its scale; None is "unknown", never a blank or a zero. Levels always have two decimals."""
    if value is None:
        return words.say(UNKNOWN)
    text = written(Decimal(str(value)), scale, aligned=scale in _LEVELS)
    return words.say(text) if scale is Scale.FLAG else words.number(text)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: "1 rule", "3 rules"; English only."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str], words: Words = _ENGLISH) -> str:
    """Join as a sentence does: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return words.say("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])


def lower_first(text: str, words: Words = _ENGLISH) -> str:
    """Begin a text as inside a sentence: in lower case, but for names, abbreviations, and German, where nouns have capitals."""
    is_name = text.startswith(("Porter", "Marshall") if words.language == ENGLISH else "Porter")
    keeps = text[:1].isupper() and (text[1:2].isupper() or is_name)
    return text if keeps or words.language == _UPPER else text[:1].lower() + text[1:]


def shortened(text: str, most: int = _LINE) -> str:
    """Cut a long name where a line must hold it; another page gives it in full."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def spoken(code: str) -> str:
    """Turn a code into words: "no_shared_vision" → "no shared vision"."""
    return code.replace("_", " ").replace("-", " ").replace(".", ": ")
