"""The checks of a report file one by one; each takes what it needs and says what it found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jsonschema_rs import Draft202012Validator

from assess.definitions.digests import digest
from assess.definitions.rulebase import Rulebase
from assess.definitions.words import words_of
from assess.engine.document_schema import diagnosis_schema
from assess.errors import AssessError, sentence_of
from assess.phrases import Phrase, message
from assess.reports.seal_findings import ASKED, Check, Known, Registered, Result, Signature, fails, holds
from assess.reports.seal_metadata import LATER, described, pages_digest
from assess.reports.seal_reading import Contents, Unreadable, read, revisions, unsigned_part
from assess.reports.seal_rerun import differences
from assess.reports.seal_stamp import ANNEX, ENCLOSED, Stamp

Register = Callable[[str, str, str], Registered]
"""Takes the digests of the file, of the file without its signature, and of the diagnosis."""
Remake = Callable[[Mapping[str, Any], Stamp, Mapping[str, Any] | None], bytes]
"""`pdf.unsigned_report`."""
FIRST_DIFFERENCES = 5
LONGEST = 200
_WATERMARK = message("Draft – not approved")
_RELATIONS = {
    ENCLOSED: ("Source", message("%(name)s is not named as source of the report, once, as it is in one.")),
    ANNEX: ("Supplement", message("%(name)s is not named as supplement of the report, once, as it is in one.")),
}
_STANDS = {
    "draft": message("The register knows this file. It is the report %(number)s, draft."),
    "approved": message("The register knows this file. It is the report %(number)s, approved."),
    "published": message("The register knows this file. It is the report %(number)s, published."),
}
_UNKNOWN = {
    Known.NOTHING: Phrase("The register knows neither this file nor its diagnosis."),
    Known.DIAGNOSIS: Phrase("The register knows the diagnosis, but not this file of it."),
    Known.UNSIGNED: Phrase("The register knows the file without its signature, but not with this one."),
}
_STATUSES = {"draft": Phrase("draft"), "published": Phrase("published")}


@dataclass(frozen=True, slots=True)
class Inside:
    """What a file is made again from."""

    document: Mapping[str, Any]
    annex: Mapping[str, Any] | None
    stamp: Stamp


def check_file(content: bytes, contents: Contents) -> Check:
    """Nothing but a signature may have been appended to the file."""
    asked = Phrase("Is the file whole, with nothing appended but a signature?")
    expected, found = 2 if contents.signature_fields else 1, revisions(content)
    if found != expected:
        added = Phrase(
            "Something was added to the file after it was made: it has %(found)s parts, not %(expected)s.", found=found, expected=expected
        )
        return fails("file", asked, added)
    return holds("file", asked, Phrase("A PDF file of %(bytes)s bytes and %(pages)s pages.", bytes=len(content), pages=len(contents.pages)))


def check_signed(contents: Contents, content: bytes, signature: Callable[[bytes], Signature], known: str) -> Check:
    """The signature holds, and is that of the signer whom the report names; `known` is the fingerprint of one who is known here."""
    asked, named = Phrase("Does the signature hold?"), contents.properties.get("signer", "")
    if not contents.signature_fields and not named:
        return Check("signature", asked, Result.ABSENT, Phrase("The report is not signed, and says so."))
    if not contents.signature_fields:
        gone = Phrase("The report says that it is signed by %(signer)s, but the signature is gone.", signer=named)
        return fails("signature", asked, gone)
    found = signature(content)
    if found.unanswered:
        return Check("signature", asked, Result.OPEN, Phrase("The process that checked it ended without an answer. Check the file again."))
    mark = Phrase("Fingerprint of the certificate: %(fingerprint)s", fingerprint=found.fingerprint)
    problem = _wrong(found, named, known)
    if problem is not None:
        return fails("signature", asked, problem, mark)
    said = Phrase("Signed by %(signer)s, and unchanged since. %(whose)s", signer=found.signer, whose=_whose(found, known))
    return Check("signature", asked, Result.HOLDS, said, (mark,))


def _wrong(found: Signature, named: str, known: str) -> Phrase | None:
    if found.problem is not None:
        return Phrase("The signature does not hold: %(problem)s.", problem=found.problem)
    if found.signer != named and not named:
        return Phrase("Signed by %(signer)s, but the report names nobody as its signer.", signer=found.signer)
    if found.signer != named:
        return Phrase("Signed by %(signer)s, but the report names %(named)s as its signer.", signer=found.signer, named=named)
    if known and found.fingerprint != known:
        return Phrase("Signed as %(signer)s, but with another key than the known one.", signer=found.signer)
    return None


def _whose(found: Signature, known: str) -> Phrase:
    if known:
        return Phrase("The key is the known one.")
    if found.self_signed:
        return Phrase(
            "The certificate is self-signed: ask the signer for its fingerprint and compare, for anybody can make one in this name."
        )
    return Phrase("Whether to trust the issuer of the certificate was not asked: a PDF reader says.")


def check_enclosed(contents: Contents) -> tuple[Check, dict[str, Any] | None]:
    """There are two attachments, the diagnosis and its annex, and the diagnosis is JSON; return it as well.

    Files that were made before there was an annex have the diagnosis alone, and say nothing of an annex.
    """
    asked = Phrase("Are the diagnosis and its annex enclosed, and nothing else?")
    names, wanted = sorted(name for name, _ in contents.attachments), [ENCLOSED] if is_former(contents) else [ANNEX, ENCLOSED]
    if names != wanted:
        return fails("enclosed", asked, _other_names(names, wanted)), None
    for name in wanted:
        relation, not_named = _RELATIONS[name]
        if contents.declared.get(name) != relation:
            return fails("enclosed", asked, Phrase(not_named, name=name)), None
    found = json_of(contents, ENCLOSED)
    if isinstance(found, Phrase):
        return fails("enclosed", asked, found), None
    return holds("enclosed", asked, _sizes(dict(contents.attachments))), found


def _other_names(names: list[str], wanted: list[str]) -> Phrase:
    """What is enclosed instead of what is in a report."""
    listed = ", ".join(name[:LONGEST] for name in names[:FIRST_DIFFERENCES])
    both = Phrase("%(one)s and %(other)s", one=ANNEX, other=ENCLOSED) if ANNEX in wanted else ENCLOSED
    if not listed:
        return Phrase("Enclosed is nothing; this report encloses %(wanted)s alone.", wanted=both)
    return Phrase("Enclosed is %(listed)s; this report encloses %(wanted)s alone.", listed=listed, wanted=both)


def _sizes(enclosed: Mapping[str, bytes]) -> Phrase:
    size = len(enclosed[ENCLOSED])
    if ANNEX not in enclosed:
        return Phrase("%(name)s, %(size)s bytes.", name=ENCLOSED, size=size)
    beside = len(enclosed[ANNEX])
    return Phrase("%(annex)s, %(beside)s bytes; %(name)s, %(size)s bytes.", annex=ANNEX, beside=beside, name=ENCLOSED, size=size)


def is_former(contents: Contents) -> bool:
    """Whether a file says of itself that it was made before there was an annex."""
    return not LATER & set(contents.properties)


def json_of(contents: Contents, name: str) -> dict[str, Any] | Phrase:
    """An attachment as JSON, or what is wrong with it."""
    data = dict(contents.attachments)[name]
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except _NotJson as error:
        return Phrase("%(name)s cannot be read: %(problem)s.", name=name, problem=error.sentence)
    except (ValueError, RecursionError) as error:
        return Phrase("%(name)s cannot be read: %(problem)s.", name=name, problem=str(error)[:LONGEST])
    return found if isinstance(found, dict) else Phrase("%(name)s is not built as it is in a report.", name=name)


class _NotJson(Exception):
    def __init__(self, sentence: Phrase) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def _refuse(constant: str) -> None:
    raise _NotJson(Phrase("%(constant)s is no number of JSON", constant=constant))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of a name that stands twice would read two diagnoses."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotJson(Phrase("a name stands in it twice"))
    return found


def check_schema(document: Mapping[str, Any]) -> Check:
    """The enclosed diagnosis has the parts that a diagnosis has."""
    asked = Phrase("Is it built as a diagnosis?")
    problem = misbuilt(document, diagnosis_schema())
    if problem is not None:
        return fails("schema", asked, problem)
    return holds("schema", asked, Phrase("It follows the schema %(schema)s.", schema=str(document["schema"])))


def misbuilt(content: Mapping[str, Any], schema: dict[str, Any]) -> Phrase | None:
    """Where content first departs from a schema, and how; None where it does not."""
    try:
        error = next(Draft202012Validator(schema).iter_errors(content), None)
    except ValueError as unreadable:  # nested too deeply, or half a character
        return Phrase("It cannot be held against its schema: %(problem)s.", problem=str(unreadable)[:LONGEST])
    if error is None:
        return None
    place, problem = ".".join(map(str, error.instance_path)), error.message[:LONGEST]
    if not place:
        return Phrase("At its beginning: %(problem)s.", problem=problem)
    return Phrase("At %(place)s: %(problem)s.", place=place, problem=problem)


def check_digests(document: Mapping[str, Any], contents: Contents, stamp: Stamp) -> Check:
    """The digest of the diagnosis is the one it states, the one in the metadata and the one on the pages; the others likewise."""
    asked = Phrase("Do the digests agree: computed, stated, in the metadata, on the pages?")
    stated = str(document["digest"])
    wrong = [*_other_digests(document, contents), *_not_printed(document, contents, stamp)]
    if wrong:
        return fails("digests", asked, Phrase("They do not agree."), *wrong)
    return holds("digests", asked, Phrase("All agree: %(digest)s.", digest=stated))


def _other_digests(document: Mapping[str, Any], contents: Contents) -> Iterator[Phrase]:
    """Where the digest of the diagnosis is not the one it states, and where the metadata says something else."""
    stated, computed = str(document["digest"]), digest({key: value for key, value in document.items() if key != "digest"})
    if computed != stated:
        yield Phrase("computed from the diagnosis: %(computed)s, stated in it: %(stated)s", computed=computed, stated=stated)
    for name, value in described(document, None).items():
        found = contents.properties.get(name)
        if found is None:
            yield Phrase("%(name)s in the metadata: none, in the diagnosis: %(stated)s", name=name, stated=value)
        elif found != value:
            yield Phrase("%(name)s in the metadata: %(found)s, in the diagnosis: %(stated)s", name=name, found=found, stated=value)


def _not_printed(document: Mapping[str, Any], contents: Contents, stamp: Stamp) -> Iterator[Phrase]:
    """What the pages do not say of what they ought to."""
    said, digests = "".join(contents.text), (document["digest"], document["rulebase"]["digest"], document["certificate"]["digest"])
    for value in (*digests, stamp.number_of(document)):
        if value.replace(" ", "") not in said:
            yield Phrase("not printed on the pages: %(value)s", value=value)
    watermark = "".join(words_of(stamp.language).say(_WATERMARK).split())
    if stamp.draft != all(watermark in page for page in contents.text):
        yield Phrase("the pages do not say what the metadata says about approval")


def check_register(content: bytes, document: Mapping[str, Any], register: Register | None) -> tuple[Check, Registered | None]:
    """The register knows this very file, and its report was not withdrawn; return what it says as well."""
    asked = Phrase("Does the register know this file?")
    if register is None:
        return Check("register", asked, Result.NOT_ASKED, Phrase("No register was asked.")), None
    whole, unsigned = (hashlib.sha256(part).hexdigest() for part in (content, unsigned_part(content)))
    found = register(whole, unsigned, str(document["digest"]))
    unknown = _UNKNOWN.get(found.known)
    if unknown is not None:
        return fails("register", asked, unknown), found
    if found.state == "withdrawn":
        gone = Phrase("The report %(number)s was withdrawn: %(because)s", number=found.number, because=found.because)
        return fails("register", asked, gone), found
    if not found.number:
        return holds("register", asked, Phrase("The register knows this file. It is a draft that was never approved.")), found
    return holds("register", asked, Phrase(_STANDS[found.state], number=found.number)), found


def check_rulebase(document: Mapping[str, Any], rulebase: Rulebase | None) -> Check:
    """The rule base of the diagnosis's version is at hand and is the same."""
    asked, wanted = ASKED["rulebase"], document["rulebase"]
    needed = {"version": wanted["version"][:40], "digest": wanted["digest"]}
    if rulebase is None:
        absent = Phrase("It is not at hand: needed is version %(version)s with the digest %(digest)s.", **needed)
        return Check("rulebase", asked, Result.OPEN, absent)
    if rulebase.digest != wanted["digest"]:
        other = Phrase(
            "Version %(here)s here is another one: needed is version %(version)s with the digest %(digest)s; here it is %(found)s.",
            here=rulebase.version,
            found=rulebase.digest,
            **needed,
        )
        return Check("rulebase", asked, Result.OPEN, other)
    status = _STATUSES[rulebase.status]
    if rulebase.status != wanted["status"]:
        stated = _STATUSES[wanted["status"]]
        differs = Phrase("The rule base is a %(status)s one; the diagnosis says %(stated)s.", status=status, stated=stated)
        return fails("rulebase", asked, differs)
    same = Phrase("Version %(version)s (%(status)s), with the same digest.", version=rulebase.version, status=status)
    return holds("rulebase", asked, same)


def check_certificate(document: Mapping[str, Any], again: Mapping[str, Any]) -> Check:
    """The certificate that the inference earns here is the one in the diagnosis."""
    asked = ASKED["certificate"]
    stated, earned = document["certificate"], again["certificate"]
    if stated != earned:
        differs = {"stated": stated["digest"], "earned": earned["digest"]}
        return fails("certificate", asked, Phrase("The diagnosis states %(stated)s, its figures earn %(earned)s.", **differs))
    rules = earned["rules_checked"]
    return holds("certificate", asked, Phrase("Engine and evaluator agree here on all %(rules)s rules, with the same digest.", rules=rules))


def check_conclusions(document: Mapping[str, Any], again: Mapping[str, Any]) -> Check:
    """Every conclusion follows from the figures by the rules."""
    asked = ASKED["conclusions"]
    found = tuple(islice(differences(document, again), FIRST_DIFFERENCES + 1))
    if not found:
        measures = len(document["measures"])
        same = Phrase("Drawn again from %(measures)s measures, everything comes out the same.", measures=measures)
        return holds("conclusions", asked, same)
    if len(found) > FIRST_DIFFERENCES:
        return fails("conclusions", asked, Phrase("Drawn again, something else comes out. The first:"), *found[:FIRST_DIFFERENCES])
    return fails("conclusions", asked, Phrase("Drawn again, something else comes out."), *found)


def check_pages(contents: Contents) -> Check:
    """What the pages draw has the digest in the metadata."""
    asked = Phrase("Are the pages those that the metadata names?")
    if pages_digest(contents.pages) != contents.properties.get("pagesDigest"):
        return fails("pages", asked, Phrase("The pages were changed: they have another digest than the metadata says."))
    same = Phrase("All %(pages)s pages have the digest that the metadata says.", pages=len(contents.pages))
    return holds("pages", asked, same)


def check_remade(content: bytes, contents: Contents, inside: Inside, remake: Remake | None, made_with: Callable[[str, str], str]) -> Check:
    """The report made again from what is enclosed is this file, byte for byte."""
    asked = Phrase("Do the pages show what is enclosed?")
    if remake is None:
        not_made = Phrase("The report was not made again to compare; `assess verify --pages` does.")
        return Check("remade", asked, Result.NOT_ASKED, not_made)
    named = contents.properties.get("madeWith", "")
    here = made_with(inside.stamp.language, str(inside.document["rulebase"]["version"]))
    if named != here:
        versions = (Phrase("made with: %(versions)s", versions=named[:500]), Phrase("here: %(versions)s", versions=here))
        other = Phrase("It was made with other versions, so that it cannot be compared here.")
        return Check("remade", asked, Result.OPEN, other, versions)
    try:
        again = remake(inside.document, inside.stamp, inside.annex)
    except AssessError as error:
        not_again = Phrase("It cannot be made again here: %(problem)s", problem=sentence_of(error, LONGEST))
        return Check("remade", asked, Result.OPEN, not_again)
    if again == unsigned_part(content):
        same = Phrase("Made again from the enclosed diagnosis and annex, the unsigned file is the same, byte for byte.")
        return holds("remade", asked, same)
    difference = _first_difference(contents, again)
    return fails("remade", asked, Phrase("Made again from the enclosed diagnosis and annex, %(difference)s.", difference=difference))


def _first_difference(contents: Contents, again: bytes) -> Phrase:
    try:
        expected = read(again).pages
    except Unreadable:
        return Phrase("the file is another")
    if len(expected) != len(contents.pages):
        return Phrase("it has %(found)s pages, not %(expected)s", found=len(expected), expected=len(contents.pages))
    different = (number for number, pair in enumerate(zip(contents.pages, expected, strict=True), start=1) if pair[0] != pair[1])
    number = next(different, None)
    if number is None:
        return Phrase("the pages are the same, but other parts of the file are not")
    return Phrase("page %(number)s shows something else", number=number)
