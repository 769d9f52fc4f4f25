"""Checks a report file: signature, enclosed diagnosis and annex, digests, register, rule base, certificate, conclusions and pages.

Nothing is taken on trust: whoever made the file may have made up everything in it. What a check cannot decide counts as not
confirmed, for a forger would choose just that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.engine.certificate import Infers
from assess.errors import AssessError, sentence_of
from assess.phrases import Phrase
from assess.reports import seal_annex_checks as annex_checks
from assess.reports import seal_checks as checks
from assess.reports.seal_checks import Inside, Register, Remake
from assess.reports.seal_findings import ASKED, Check, Known, Registered, Result, Signature, Verdict, Voucher, fails
from assess.reports.seal_metadata import LATER, PROPERTIES
from assess.reports.seal_reading import Contents, Unreadable, read
from assess.reports.seal_rerun import NotRepeatable, rerun
from assess.reports.seal_stamp import Stamp

_LONGEST = 300
"""Characters of what an error of others says."""
_TAKES_RULEBASE = Phrase("That takes the rule base it was made with.")


Checks = Callable[[], tuple[Check, ...]]
"""Makes checks when it is called."""


def at_the_end(checks: Checks) -> Checks:
    """Make checks only when what they found is asked for."""
    return checks


@dataclass(frozen=True, slots=True)
class Means:
    """What a verification can draw on."""

    engine: Infers
    signature: Callable[[bytes], Signature]
    """`seal_signature.check_signature`; called for signed files only."""
    find_rulebase: Callable[[str], Rulebase | None]
    known_signer: str = ""
    """Fingerprint of the certificate that the report should be signed with; empty: any."""
    own_signer: str = ""
    """Fingerprint of the certificate of the site that is asked; where its register knows a file, another key is an earlier one of its."""
    register: Register | None = None
    remake: Remake | None = None
    """`pdf.unsigned_report`, to compare the pages; takes seconds."""
    made_with: Callable[[str, str], str] = lambda _language, _rulebase: ""
    """`pdf.made_with`."""
    begin: Callable[[Checks], Checks] = at_the_end
    """Begins checks that need nobody else, and returns what waits for them: a process of its own may be at them meanwhile."""


def installed_rulebase(version: str) -> Rulebase | None:
    """The rule base of a version that is installed here and in order, else None."""
    try:
        return load_rulebase_version(version)
    except AssessError:
        return None


def verify(content: bytes, means: Means) -> Verdict:
    """Check a report file from its bytes alone, and what is asked beside it; raises nothing, whatever the bytes are."""
    try:
        contents = read(content)
    except Unreadable as error:
        return Verdict((fails("file", Phrase("Can the file be read?"), error.sentence),), readable=False)
    signed = partial(checks.check_signed, contents, content, cache(means.signature))
    known = means.known_signer or means.own_signer
    file, (enclosed, document), stamp = checks.check_file(content, contents), checks.check_enclosed(contents), _stamp(contents)
    if document is None or stamp is None:
        return Verdict((file, signed(known), enclosed, *_stamped(stamp), checks.check_pages(contents)))
    schema = checks.check_schema(document)
    if schema.result is Result.FAILS:
        return Verdict((file, signed(known), enclosed, schema, checks.check_pages(contents)))
    about_annex, annex = annex_checks.check_annex(contents, document)
    rulebase = means.find_rulebase(document["rulebase"]["version"])
    reckoned = means.begin(partial(_reckoned, document, annex, rulebase))
    # Before what may be under way elsewhere is asked for: the annex reckoned again, the signature.
    inferred = [*_conclusions(document, rulebase, means.engine), about_annex, *reckoned()]
    register, registered = checks.check_register(content, document, means.register)
    signature = signed(known)
    if signature.result is Result.FAILS and not means.known_signer and registered is not None and registered.known is Known.FILE:
        known = ""
        signature = signed(known)
    vouched = _vouched(known, signature, register, registered)
    found = [file, signature, enclosed, schema, checks.check_digests(document, contents, stamp), register, *inferred]
    if annex is not None:
        found.append(annex_checks.check_sealed(annex, vouched))
    found.append(checks.check_pages(contents))
    if about_annex.result is not Result.FAILS:
        inside = Inside(document, annex, stamp)
        found.append(checks.check_remade(content, contents, inside, means.remake, means.made_with))
    return Verdict(tuple(found), number=stamp.number_of(document), diagnosis=document, vouched=vouched)


def _stamp(contents: Contents) -> Stamp | None:
    former = set(PROPERTIES) - LATER
    try:
        return Stamp.read(contents.properties) if set(contents.properties) in (set(PROPERTIES), former) else None
    except ValueError:
        return None


def _stamped(stamp: Stamp | None) -> Iterator[Check]:
    if stamp is None:
        yield fails("metadata", Phrase("Does the file say how it was made?"), Phrase("Its metadata is not that of a report."))


def _conclusions(document: Mapping[str, Any], rulebase: Rulebase | None, engine: Infers) -> Iterator[Check]:
    first = checks.check_rulebase(document, rulebase)
    yield first
    if rulebase is None or first.result is not Result.HOLDS:
        for name in ("certificate", "conclusions"):
            yield Check(name, ASKED[name], Result.OPEN, _TAKES_RULEBASE)
        return
    try:
        again = rerun(document, rulebase, engine)
    except NotRepeatable as error:
        for name in ("certificate", "conclusions"):
            yield fails(
                name, ASKED[name], Phrase("Nothing can be concluded from its figures: %(problem)s", problem=sentence_of(error, _LONGEST))
            )
        return
    yield checks.check_certificate(document, again)
    yield checks.check_conclusions(document, again)


def _reckoned(document: Mapping[str, Any], annex: Mapping[str, Any] | None, rulebase: Rulebase | None) -> tuple[Check, ...]:
    if annex is None:
        return ()
    if rulebase is None or checks.check_rulebase(document, rulebase).result is not Result.HOLDS:
        return (Check("reckoned", ASKED["reckoned"], Result.OPEN, _TAKES_RULEBASE),)
    try:
        return (annex_checks.check_reckoned(annex, document, rulebase),)
    except (AssessError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        problem = Phrase("Nothing can be reckoned from its figures: %(problem)s", problem=sentence_of(error, _LONGEST))
        return (fails("reckoned", ASKED["reckoned"], problem),)


def _vouched(known: str, signature: Check, register: Check, registered: Registered | None) -> tuple[Voucher, ...]:
    signed = (Voucher.SIGNER,) if known and signature.result is Result.HOLDS else ()
    registers = (Voucher.REGISTER,) if registered is not None and register.result is Result.HOLDS else ()
    return (*signed, *registers)
