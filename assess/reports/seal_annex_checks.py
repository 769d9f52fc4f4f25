"""The checks of a report's annex: whose it is, whether it was changed, and what of it can be reckoned again."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from assess.definitions.rulebase import Rulebase
from assess.engine.annex import FOLLOWING, digest_of, following, is_empty
from assess.engine.annex_schema import annex_schema
from assess.reports.seal_checks import FIRST_DIFFERENCES, is_former, json_of, misbuilt
from assess.reports.seal_findings import ASKED, Check, Result, fails, holds
from assess.reports.seal_reading import Contents
from assess.reports.seal_rerun import differences
from assess.reports.seal_stamp import ANNEX

_SEALED_PARTS = {
    "stability": "Stability",
    "groups": "Kinds of member",
    "earlier": "Earlier rounds",
    "peers": "Other clusters",
    "plan": "Action plan",
}
_STANDS_FOR = {
    "stability": "how often the conclusions came out the same when the members who answered were drawn again",
    "groups": "released figures of the members, put together by kind",
    "earlier": "the cluster’s own diagnoses of earlier years",
    "peers": "medians over published diagnoses of at least five other clusters",
    "plan": "what the cluster decided to do, as it stood when the report was published",
}


def check_annex(contents: Contents, document: Mapping[str, Any]) -> tuple[Check, dict[str, Any] | None]:
    """The annex is built as one, belongs to this diagnosis, and has the digest that it states and the metadata names; return it as well."""
    asked = ASKED["annex"]
    if is_former(contents):
        return Check("annex", asked, Result.ABSENT, "The report was made before there were annexes, and has none."), None
    annex, problem = json_of(contents, ANNEX)
    if annex is None:
        return fails("annex", asked, problem), None
    problem = misbuilt(annex, annex_schema())
    if problem:
        return fails("annex", asked, problem), None
    if annex["diagnosis"] != document["digest"]:
        return fails("annex", asked, f"It belongs to the diagnosis {annex['diagnosis']}, not to the one enclosed."), None
    named = contents.properties.get("annexDigest", "")
    found = {"computed": digest_of(annex), "stated in it": str(annex["digest"]), "in the metadata": named}
    if len(set(found.values())) != 1:
        wrong = tuple(f"{where}: {what or 'none'}" for where, what in found.items())
        return fails("annex", asked, "It was changed: its digests do not agree.", *wrong), None
    return holds("annex", asked, f"It belongs to this diagnosis, and all digests agree: {named}."), annex


def check_reckoned(annex: Mapping[str, Any], document: Mapping[str, Any], rulebase: Rulebase) -> Check:
    """Smallest changes and bounds come out the same when they are reckoned again."""
    asked = ASKED["reckoned"]
    if is_empty(annex, document):
        return Check("reckoned", asked, Result.ABSENT, "The annex says nothing, and so do the pages.")
    again = following(document, rulebase)
    found = tuple(islice(differences({name: annex[name] for name in FOLLOWING}, again), FIRST_DIFFERENCES + 1))
    if found:
        return fails("reckoned", asked, "Reckoned again, something else comes out.", *found[:FIRST_DIFFERENCES])
    times = f"{annex['bounds']['times']:,} fillings of missing answers"
    return holds("reckoned", asked, f"{len(annex['flips'])} smallest changes and {times}, reckoned again, come out the same.")


def check_sealed(annex: Mapping[str, Any], vouched: tuple[str, ...]) -> Check:
    """What rests on single answers, other rounds, other clusters and the plan cannot be reckoned here; say who vouches for it."""
    asked = ASKED["sealed"]
    shown = [f"{what}: {_STANDS_FOR[name]}" for name, what in _SEALED_PARTS.items() if annex[name]]
    if not shown:
        return Check("sealed", asked, Result.ABSENT, "The annex shows nothing of other rounds, other clusters, single answers or plans.")
    if not vouched:
        said = "It cannot be reckoned from the file; it stands as it was sealed, and nobody known here vouches for it."
        return Check("sealed", asked, Result.NOT_ASKED, said, tuple(shown))
    said = f"It cannot be reckoned from the file; it stands as it was sealed, and {' and '.join(vouched)} for it."
    return Check("sealed", asked, Result.HOLDS, said, tuple(shown))
