"""The checks of a report file one by one; each takes what it needs and says what it found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jsonschema_rs import Draft202012Validator

from assess.definitions.digests import digest
from assess.definitions.rulebase import Rulebase
from assess.definitions.words import message, words_of
from assess.engine.document_schema import diagnosis_schema
from assess.errors import AssessError
from assess.reports.seal_findings import ASKED, Check, Known, Registered, Result, Signature, fails, holds
from assess.reports.seal_metadata import LATER, described, pages_digest
from assess.reports.seal_reading import Contents, Unreadable, read, revisions, unsigned_part
from assess.reports.seal_rerun import differences
from assess.reports.seal_stamp import ANNEX, ENCLOSED, Stamp

Register = Callable[[str, str, str], Registered]
"""Takes the digests of the file, of the file without its signature, and of the diagnosis."""
Remake = Callable[[Mapping[str, Any], Stamp, Mapping[str, Any] | None], bytes]
"""`pdf.unsigned_report`."""
_RELATIONS = {ENCLOSED: "Source", ANNEX: "Supplement"}
FIRST_DIFFERENCES = 5
LONGEST = 200
_WATERMARK = message("Draft – not approved")


@dataclass(frozen=True, slots=True)
class Inside:
    """What a file is made again from."""

    document: Mapping[str, Any]
    annex: Mapping[str, Any] | None
    stamp: Stamp


def check_file(content: bytes, contents: Contents) -> Check:
    """Nothing but a signature may have been appended to the file."""
    asked = "Is the file whole, with nothing appended but a signature?"
    expected = 2 if contents.signature_fields else 1
    if revisions(content) != expected:
        return fails(
            "file", asked, f"Something was added to the file after it was made: it has {revisions(content)} parts, not {expected}."
        )
    return holds("file", asked, f"A PDF file of {len(content):,} bytes and {len(contents.pages)} pages.")


def check_signed(contents: Contents, content: bytes, signature: Callable[[bytes], Signature], known: str) -> Check:
    """The signature holds, and is that of the signer whom the report names; `known` is the fingerprint of one who is known here."""
    asked, named = "Does the signature hold?", contents.properties.get("signer", "")
    if not contents.signature_fields and not named:
        return Check("signature", asked, Result.ABSENT, "The report is not signed, and says so.")
    if not contents.signature_fields:
        return fails("signature", asked, f"The report says that it is signed by {named}, but the signature is gone.")
    found = signature(content)
    mark = f"Fingerprint of the certificate: {found.fingerprint}"
    if found.problem:
        return fails("signature", asked, f"The signature does not hold: {found.problem}.", mark)
    if found.signer != named:
        return fails("signature", asked, f"Signed by {found.signer}, but the report names {named or 'nobody'} as its signer.", mark)
    if known and found.fingerprint != known:
        return fails("signature", asked, f"Signed as {found.signer}, but with another key than the known one.", mark)
    return Check("signature", asked, Result.HOLDS, f"Signed by {found.signer}, and unchanged since. {_whose(found, known)}", (mark,))


def _whose(found: Signature, known: str) -> str:
    if known:
        return "The key is the known one."
    if found.self_signed:
        return "The certificate is self-signed: ask the signer for its fingerprint and compare, for anybody can make one in this name."
    return "Whether to trust the issuer of the certificate was not asked: a PDF reader says."


def check_enclosed(contents: Contents) -> tuple[Check, dict[str, Any] | None]:
    """There are two attachments, the diagnosis and its annex, and the diagnosis is JSON; return it as well.

    Files that were made before there was an annex have the diagnosis alone, and say nothing of an annex.
    """
    asked = "Are the diagnosis and its annex enclosed, and nothing else?"
    names, wanted = sorted(name for name, _ in contents.attachments), [ENCLOSED] if is_former(contents) else [ANNEX, ENCLOSED]
    if names != wanted:
        listed = ", ".join(name[:LONGEST] for name in names[:FIRST_DIFFERENCES]) or "nothing"
        return fails("enclosed", asked, f"Enclosed is {listed}; this report encloses {' and '.join(wanted)} alone."), None
    for name in wanted:
        if contents.declared.get(name) != _RELATIONS[name]:
            return fails(
                "enclosed", asked, f"{name} is not named as {_RELATIONS[name].lower()} of the report, once, as it is in one."
            ), None
    found, problem = json_of(contents, ENCLOSED)
    if found is None:
        return fails("enclosed", asked, problem), None
    sizes = (f"{name}, {len(data):,} bytes" for name, data in sorted(contents.attachments))
    return holds("enclosed", asked, f"{'; '.join(sizes)}."), found


def is_former(contents: Contents) -> bool:
    """Whether a file says of itself that it was made before there was an annex."""
    return not LATER & set(contents.properties)


def json_of(contents: Contents, name: str) -> tuple[dict[str, Any] | None, str]:
    """An attachment as JSON, or what is wrong with it."""
    data = dict(contents.attachments)[name]
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return None, f"{name} cannot be read: {str(error)[:LONGEST]}."
    return (found, "") if isinstance(found, dict) else (None, f"{name} is not built as it is in a report.")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of a name that stands twice would read two diagnoses."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def check_schema(document: Mapping[str, Any]) -> Check:
    """The enclosed diagnosis has the parts that a diagnosis has."""
    asked = "Is it built as a diagnosis?"
    problem = misbuilt(document, diagnosis_schema())
    return fails("schema", asked, problem) if problem else holds("schema", asked, f"It follows the schema {document['schema']}.")


def misbuilt(content: Mapping[str, Any], schema: dict[str, Any]) -> str:
    """Where content first departs from a schema, and how; empty where it does not."""
    try:
        error = next(Draft202012Validator(schema).iter_errors(content), None)
    except ValueError as unreadable:  # nested too deeply, or half a character
        return f"It cannot be held against its schema: {str(unreadable)[:LONGEST]}."
    return f"At {'.'.join(map(str, error.instance_path)) or 'its beginning'}: {error.message[:LONGEST]}." if error else ""


def check_digests(document: Mapping[str, Any], contents: Contents, stamp: Stamp) -> Check:
    """The digest of the diagnosis is the one it states, the one in the metadata and the one on the pages; the others likewise."""
    asked = "Do the digests agree: computed, stated, in the metadata, on the pages?"
    stated, said = str(document["digest"]), "".join(contents.text)
    computed = digest({key: value for key, value in document.items() if key != "digest"})
    wrong = [f"computed from the diagnosis: {computed}, stated in it: {stated}"] if computed != stated else []
    wrong += [
        f"{name} in the metadata: {contents.properties.get(name, 'none')}, in the diagnosis: {value}"
        for name, value in described(document, None).items()
        if contents.properties.get(name) != value
    ]
    printed = [stated, document["rulebase"]["digest"], document["certificate"]["digest"], stamp.number_of(document)]
    wrong += [f"not printed on the pages: {value}" for value in printed if value.replace(" ", "") not in said]
    watermark = "".join(words_of(stamp.language).say(_WATERMARK).split())
    if stamp.draft != all(watermark in page for page in contents.text):
        wrong.append("the pages do not say what the metadata says about approval")
    if wrong:
        return fails("digests", asked, "They do not agree.", *wrong)
    return holds("digests", asked, f"All agree: {stated}.")


def check_register(content: bytes, document: Mapping[str, Any], register: Register | None) -> tuple[Check, Registered | None]:
    """The register knows this very file, and its report was not withdrawn; return what it says as well."""
    asked = "Does the register know this file?"
    if register is None:
        return Check("register", asked, Result.NOT_ASKED, "No register was asked."), None
    whole, unsigned = (hashlib.sha256(part).hexdigest() for part in (content, unsigned_part(content)))
    found = register(whole, unsigned, str(document["digest"]))
    if found.known is Known.NOTHING:
        return fails("register", asked, "The register knows neither this file nor its diagnosis."), found
    if found.known is Known.DIAGNOSIS:
        return fails("register", asked, "The register knows the diagnosis, but not this file of it."), found
    if found.known is Known.UNSIGNED:
        return fails("register", asked, "The register knows the file without its signature, but not with this one."), found
    if found.state == "withdrawn":
        return fails("register", asked, f"The report {found.number} was withdrawn: {found.because}"), found
    said = f"It is the report {found.number}, {found.state}." if found.number else "It is a draft that was never approved."
    return holds("register", asked, f"The register knows this file. {said}"), found


def check_rulebase(document: Mapping[str, Any], rulebase: Rulebase | None) -> Check:
    """The rule base of the diagnosis's version is at hand and is the same."""
    asked, wanted = ASKED["rulebase"], document["rulebase"]
    needed = f"needed is version {wanted['version'][:40]} with the digest {wanted['digest']}"
    if rulebase is None:
        return Check("rulebase", asked, Result.OPEN, f"It is not at hand: {needed}.")
    if rulebase.digest != wanted["digest"]:
        return Check(
            "rulebase", asked, Result.OPEN, f"Version {rulebase.version} here is another one: {needed}; here it is {rulebase.digest}."
        )
    if rulebase.status != wanted["status"]:
        return fails("rulebase", asked, f"The rule base is a {rulebase.status} one; the diagnosis says {wanted['status']}.")
    return holds("rulebase", asked, f"Version {rulebase.version} ({rulebase.status}), with the same digest.")


def check_certificate(document: Mapping[str, Any], again: Mapping[str, Any]) -> Check:
    """The certificate that the inference earns here is the one in the diagnosis."""
    asked = ASKED["certificate"]
    stated, earned = document["certificate"], again["certificate"]
    if stated != earned:
        return fails("certificate", asked, f"The diagnosis states {stated['digest']}, its figures earn {earned['digest']}.")
    return holds("certificate", asked, f"Engine and evaluator agree here on all {earned['rules_checked']:,} rules, with the same digest.")


def check_conclusions(document: Mapping[str, Any], again: Mapping[str, Any]) -> Check:
    """Every conclusion follows from the figures by the rules."""
    asked = ASKED["conclusions"]
    found = tuple(islice(differences(document, again), FIRST_DIFFERENCES + 1))
    if not found:
        return holds("conclusions", asked, f"Drawn again from {len(document['measures']):,} measures, everything comes out the same.")
    more = " The first:" if len(found) > FIRST_DIFFERENCES else ""
    return fails("conclusions", asked, f"Drawn again, something else comes out.{more}", *found[:FIRST_DIFFERENCES])


def check_pages(contents: Contents) -> Check:
    """What the pages draw has the digest in the metadata."""
    asked = "Are the pages those that the metadata names?"
    if pages_digest(contents.pages) != contents.properties.get("pagesDigest"):
        return fails("pages", asked, "The pages were changed: they have another digest than the metadata says.")
    return holds("pages", asked, f"All {len(contents.pages)} pages have the digest that the metadata says.")


def check_remade(content: bytes, contents: Contents, inside: Inside, remake: Remake | None, made_with: Callable[[str, str], str]) -> Check:
    """The report made again from what is enclosed is this file, byte for byte."""
    asked = "Do the pages show what is enclosed?"
    if remake is None:
        return Check("remade", asked, Result.NOT_ASKED, "The report was not made again to compare; `assess verify --pages` does.")
    named = contents.properties.get("madeWith", "")
    here = made_with(inside.stamp.language, str(inside.document["rulebase"]["version"]))
    if named != here:
        versions = (f"made with: {named[:500]}", f"here: {here}")
        return Check("remade", asked, Result.OPEN, "It was made with other versions, so that it cannot be compared here.", versions)
    try:
        again = remake(inside.document, inside.stamp, inside.annex)
    except AssessError as error:
        return Check("remade", asked, Result.OPEN, f"It cannot be made again here: {str(error)[:LONGEST]}")
    if again == unsigned_part(content):
        return holds("remade", asked, "Made again from the enclosed diagnosis and annex, the unsigned file is the same, byte for byte.")
    return fails("remade", asked, f"Made again from the enclosed diagnosis and annex, {_first_difference(contents, again)}.")


def _first_difference(contents: Contents, again: bytes) -> str:
    try:
        expected = read(again).pages
    except Unreadable:
        return "the file is another"
    if len(expected) != len(contents.pages):
        return f"it has {len(expected)} pages, not {len(contents.pages)}"
    different = (number for number, pair in enumerate(zip(contents.pages, expected, strict=True), start=1) if pair[0] != pair[1])
    number = next(different, None)
    return f"page {number} shows something else" if number else "the pages are the same, but other parts of the file are not"
