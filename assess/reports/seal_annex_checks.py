"""The checks of a report's annex: whose it is, whether it was changed, and what of it can be reckoned again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from assess.definitions.rulebase import Rulebase
from assess.engine.annex import FOLLOWING, digest_of, is_empty
from assess.engine.annex_schema import annex_schema
from assess.phrases import Phrase
from assess.reports.seal_checks import FIRST_DIFFERENCES, is_former, json_of, misbuilt
from assess.reports.seal_findings import ASKED, Check, Result, Voucher, fails, holds
from assess.reports.seal_reading import Contents
from assess.reports.seal_rerun import differences
from assess.reports.seal_stamp import ANNEX

_SEALED_PARTS = {
    "stability": Phrase("Stability: how often the conclusions came out the same when the members who answered were drawn again"),
    "groups": Phrase("Kinds of member: released figures of the members, put together by kind"),
    "earlier": Phrase("Earlier rounds: the cluster’s own diagnoses of earlier years"),
    "peers": Phrase("Other clusters: medians over published diagnoses of at least five other clusters"),
    "plan": Phrase("Action plan: what the cluster decided to do, as it stood when the report was published"),
}
_VOUCHED = {
    (): Phrase("It cannot be reckoned from the file; it stands as it was sealed, and nobody known here vouches for it."),
    (Voucher.SIGNER,): Phrase("It cannot be reckoned from the file; it stands as it was sealed, and its signer vouches for it."),
    (Voucher.REGISTER,): Phrase("It cannot be reckoned from the file; it stands as it was sealed, and the register vouches for it."),
    (Voucher.SIGNER, Voucher.REGISTER): Phrase(
        "It cannot be reckoned from the file; it stands as it was sealed, and its signer and the register vouch for it."
    ),
}


def check_annex(contents: Contents, document: Mapping[str, Any]) -> tuple[Check, dict[str, Any] | None]:
    """The annex is built as one, belongs to this diagnosis, and has the digest that it states and the metadata names; return it as well."""
    asked = ASKED["annex"]
    if is_former(contents):
        return Check("annex", asked, Result.ABSENT, Phrase("The report was made before there were annexes, and has none.")), None
    annex = json_of(contents, ANNEX)
    if isinstance(annex, Phrase):
        return fails("annex", asked, annex), None
    problem = misbuilt(annex, annex_schema())
    if problem is not None:
        return fails("annex", asked, problem), None
    if annex["diagnosis"] != document["digest"]:
        other = Phrase("It belongs to the diagnosis %(digest)s, not to the one enclosed.", digest=annex["diagnosis"])
        return fails("annex", asked, other), None
    named, stated, computed = contents.properties.get("annexDigest", ""), str(annex["digest"]), digest_of(annex)
    if not named == stated == computed:
        return fails("annex", asked, Phrase("It was changed: its digests do not agree."), *_digests(computed, stated, named)), None
    same = Phrase("It belongs to this diagnosis, and all digests agree: %(digest)s.", digest=named)
    return holds("annex", asked, same), annex


def _digests(computed: str, stated: str, named: str) -> Iterator[Phrase]:
    yield Phrase("computed: %(digest)s", digest=computed)
    yield Phrase("stated in it: %(digest)s", digest=stated)
    yield Phrase("in the metadata: %(digest)s", digest=named) if named else Phrase("in the metadata: none")


def check_reckoned(annex: Mapping[str, Any], document: Mapping[str, Any], rulebase: Rulebase) -> Check:
    """Smallest changes and bounds come out the same when they are reckoned again."""
    asked = ASKED["reckoned"]
    if is_empty(annex, document):
        return Check("reckoned", asked, Result.ABSENT, Phrase("The annex says nothing, and so do the pages."))
    from assess.engine.reckoning import following  # takes numpy along, which loads while the conclusions are drawn again

    again = following(document, rulebase)
    found = tuple(islice(differences({name: annex[name] for name in FOLLOWING}, again), FIRST_DIFFERENCES + 1))
    if found:
        return fails("reckoned", asked, Phrase("Reckoned again, something else comes out."), *found[:FIRST_DIFFERENCES])
    same = Phrase(
        "%(changes)s smallest changes and %(times)s fillings of missing answers, reckoned again, come out the same.",
        changes=len(annex["flips"]),
        times=annex["bounds"]["times"],
    )
    return holds("reckoned", asked, same)


def check_sealed(annex: Mapping[str, Any], vouched: tuple[Voucher, ...]) -> Check:
    """What rests on single answers, other rounds, other clusters and the plan cannot be reckoned here; say who vouches for it."""
    shown = tuple(part for name, part in _SEALED_PARTS.items() if annex[name])
    if not shown:
        nothing = Phrase("The annex shows nothing of other rounds, other clusters, single answers or plans.")
        return Check("sealed", ASKED["sealed"], Result.ABSENT, nothing)
    return Check("sealed", ASKED["sealed"], Result.HOLDS if vouched else Result.NOT_ASKED, _VOUCHED[vouched], shown)
