"""Verification names what does not hold, whoever changed the file and however well."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from report_documents import of_case
from report_files import (
    SIGNER,
    STAMP,
    annex,
    diagnosis,
    draft,
    edited,
    enclosed,
    forged,
    forged_annex,
    redigested,
    signed,
    signing_key,
    unsigned,
    with_annex,
    with_diagnosis,
)  # fmt: skip

from assess.definitions.library import load_rulebase_version
from assess.definitions.words import ENGLISH, languages, words_of
from assess.engine.inference import Engine
from assess.engine.reckoning import annex_of
from assess.phrases import Phrase
from assess.reports.pdf import made_with, make, unsigned_report
from assess.reports.seal_findings import MOST_BYTES, Known, Registered, Result, Verdict
from assess.reports.seal_keys import fingerprint
from assess.reports.seal_metadata import LATER, pages_digest, properties_in
from assess.reports.seal_reading import read
from assess.reports.seal_signature import check_signature
from assess.reports.seal_signing import signed as sign
from assess.reports.verification import Means, installed_rulebase
from assess.reports.verification import verify as verdict_on

TRANSLATED = set.intersection(*(set(words_of(language).single) for language in languages() if language != ENGLISH))
Change = Callable[[dict[str, Any]], None]
MEANS = Means(Engine(), check_signature, cache(installed_rulebase))
CHECKS = ["file", "signature", "enclosed", "schema", "digests", "register", "rulebase", "certificate", "conclusions"]
CHECKS += ["annex", "reckoned", "sealed", "pages", "remade"]


def verify(content: bytes, means: Means) -> Verdict:
    """The verdict, of which every sentence is to be found in every catalogue."""
    verdict = verdict_on(content, means)
    phrases = [verdict.sentence, *(phrase for one in verdict.checks for phrase in (one.asked, one.sentence, *one.details))]
    assert {text for phrase in phrases for text in texts_of(phrase)} - TRANSLATED == set()
    return verdict


def texts_of(phrase: Phrase) -> Iterator[str]:
    """The text of a phrase and those of the phrases within it."""
    yield phrase.text
    for value in phrase.values.values():
        if isinstance(value, Phrase):
            yield from texts_of(value)


def failed(verdict: Verdict) -> list[str]:
    """What did not hold."""
    return [check.id for check in verdict.checks if check.result is Result.FAILS]


def said(verdict: Verdict, name: str) -> str:
    """What one check says."""
    (check,) = (check for check in verdict.checks if check.id == name)
    return " ".join((check.sentence, *check.details))


def result(verdict: Verdict, name: str) -> Result:
    (found,) = (check.result for check in verdict.checks if check.id == name)
    return found


def register_with(content: bytes, state: str = "published", because: str = "") -> Callable[[str, str, str], Registered]:
    """The register of a site that made this one file."""

    def registered(file: str, unsigned_part: str, digest: str) -> Registered:
        known = Known.DIAGNOSIS if digest == diagnosis()["digest"] else Known.NOTHING
        known = Known.UNSIGNED if unsigned_part == sha256(content).hexdigest() else known
        return Registered(Known.FILE if file == sha256(content).hexdigest() else known, STAMP.number, state, because)

    return registered


def test_untouched_report__holds_in_everything__and_says_who_vouches() -> None:
    verdict = verify(unsigned(), MEANS)
    assert [check.id for check in verdict.checks] == CHECKS
    assert (verdict.confirmed, verdict.number, failed(verdict)) == (True, STAMP.number, [])
    assert result(verdict, "signature") is Result.ABSENT
    assert (result(verdict, "register"), result(verdict, "remade")) == (Result.NOT_ASKED, Result.NOT_ASKED)
    assert "nobody known here vouches" in verdict.sentence
    assert verdict.diagnosis == diagnosis()


def test_signed_report__names_its_signer__and_that_only_the_certificate_says_so() -> None:
    verdict = verify(signed(), MEANS)
    assert verdict.confirmed
    assert verdict.vouched == ()
    assert "Signed by Example Agency, and unchanged since. The certificate is self-signed" in said(verdict, "signature")


def test_signed_report__of_a_known_key_and_in_the_register__is_vouched_for() -> None:
    known = replace(MEANS, known_signer=fingerprint(signing_key().certificate), register=register_with(signed()))
    verdict = verify(signed(), known)
    assert verdict.sentence == "Everything that was checked holds; its signer and the register vouch for the figures."


def test_draft__holds__and_is_no_published_report() -> None:
    verdict = verify(draft(), replace(MEANS, register=lambda *_: Registered(Known.FILE)))
    assert verdict.confirmed
    assert "a draft that was never approved" in said(verdict, "register")


def test_report_made_again__is_the_same_byte_for_byte() -> None:
    verdict = verify(signed(), replace(MEANS, remake=unsigned_report, made_with=made_with))
    assert result(verdict, "remade") is Result.HOLDS


@pytest.mark.parametrize("part", range(1, 12))
def test_changed_byte__anywhere_in_a_signed_file__is_found(part: int) -> None:
    content = bytearray(signed())
    content[len(content) * part // 12] ^= 1
    verdict = verify(bytes(content), MEANS)
    assert not verdict.confirmed
    assert not verdict.readable or "signature" in failed(verdict)


def test_changed_byte__in_the_metadata_of_an_unsigned_file__is_found() -> None:
    changed = unsigned().replace(b"<report:number>2026-EXV-3f9a2c<", b"<report:number>2026-EXV-3f9a2d<")
    assert failed(verify(changed, MEANS)) == ["digests"]


def test_swapped_attachment__another_diagnosis_in_the_place_of_its_own__is_found() -> None:
    other = of_case("singapore")
    verdict = verify(with_diagnosis(unsigned(), other), MEANS)
    assert failed(verdict) == ["digests", "annex"]
    assert diagnosis()["digest"] in said(verdict, "digests")
    assert "not printed on the pages" in said(verdict, "digests")


def test_second_attachment__is_found() -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["other.json"] = b"{}"

    verdict = verify(edited(unsigned(), attach), MEANS)
    assert "enclosed" in failed(verdict)
    assert "other.json" in said(verdict, "enclosed")


def test_pdf_without_attachment__is_found() -> None:
    def detach(pdf: pikepdf.Pdf) -> None:
        del pdf.Root["/AF"]
        del pdf.Root.Names["/EmbeddedFiles"]

    verdict = verify(edited(unsigned(), detach), MEANS)
    assert failed(verdict) == ["enclosed"]
    assert said(verdict, "enclosed") == "Enclosed is nothing; this report encloses annex.json and diagnosis.json alone."


def test_empty_pdf_of_another_program__is_no_report() -> None:
    def empty(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[:]
        pdf.add_blank_page()
        for key in list(pdf.Root.keys()):
            if key not in ("/Type", "/Pages"):
                del pdf.Root[key]

    assert failed(verify(edited(unsigned(), empty), MEANS)) == ["enclosed", "metadata", "pages"]


def test_measure_changed_and_every_digest_computed_anew__is_found_by_drawing_the_conclusions_again() -> None:
    def better(document: dict[str, Any]) -> None:
        measure = next(entry for entry in document["measures"].values() if entry["value"] is not None and 1 < entry["value"] < 5)
        measure["value"] = 5

    verdict = verify(forged(better), MEANS)
    assert failed(verdict) == ["certificate", "conclusions", "reckoned"]
    assert "the file says" in said(verdict, "conclusions")
    assert "the rules give" in said(verdict, "conclusions")


def test_conclusion_changed_and_every_digest_computed_anew__is_named() -> None:
    def riper(document: dict[str, Any]) -> None:
        document["stage"]["label"] = "mature"

    verdict = verify(forged(riper), MEANS)
    assert failed(verdict) == ["conclusions"]
    assert 'stage.label: the file says "mature", the rules give "growing"' in said(verdict, "conclusions")


def test_certificate_made_up__is_found() -> None:
    verdict = verify(forged(lambda document: document["certificate"].update(digest="a" * 64)), MEANS)
    assert failed(verdict) == ["certificate"]


@pytest.mark.parametrize(("entry", "value"), [("digest", "b" * 64), ("version", "2031.1")])
def test_another_rule_base__leaves_open_what_only_it_can_tell__and_names_it(entry: str, value: str) -> None:
    verdict = verify(forged(lambda document: document["rulebase"].update({entry: value})), MEANS)
    assert not verdict.confirmed
    assert [check.id for check in verdict.checks if check.result is Result.OPEN] == ["rulebase", "certificate", "conclusions", "reckoned"]
    assert value in said(verdict, "rulebase")
    assert "Not confirmed" in verdict.sentence


def test_draft_rule_base__passed_off_as_a_published_one__is_found() -> None:
    assert failed(verify(forged(lambda document: document["rulebase"].update(status="published")), MEANS)) == ["rulebase"]


def test_annex__missing__is_found() -> None:
    def detach(pdf: pikepdf.Pdf) -> None:
        pdf.Root["/AF"] = pikepdf.Array([pdf.Root.AF[1]])
        names = pdf.Root.Names.EmbeddedFiles.Names
        pdf.Root.Names.EmbeddedFiles["/Names"] = pikepdf.Array([names[2], names[3]])

    verdict = verify(edited(unsigned(), detach), MEANS)
    assert failed(verdict) == ["enclosed"]
    assert said(verdict, "enclosed") == "Enclosed is diagnosis.json; this report encloses annex.json and diagnosis.json alone."


def test_annex__passed_off_as_the_source__is_found() -> None:
    def relate(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AF[0]["/AFRelationship"] = pikepdf.Name("/Source")

    assert "annex.json is not named as supplement" in said(verify(edited(unsigned(), relate), MEANS), "enclosed")


def test_annex__of_another_diagnosis__is_found_though_all_its_digests_agree() -> None:
    other = of_case("singapore")
    verdict = verify(with_annex(unsigned(), annex_of(other, load_rulebase_version())), MEANS)
    assert failed(verdict) == ["annex"]
    assert f"It belongs to the diagnosis {other['digest']}" in said(verdict, "annex")
    forged_one = verify(forged_annex(lambda beside: beside.update(diagnosis=other["digest"])), MEANS)
    assert failed(forged_one) == ["annex"]


def test_annex__with_one_byte_changed__is_found() -> None:
    data = json.dumps(annex()).encode()
    place = data.index(b'"seed": 1') + len(b'"seed": ')
    changed = verify(with_annex(unsigned(), data[:place] + b"2" + data[place + 1 :]), MEANS)
    assert failed(changed) == ["annex"]
    assert "computed" in said(changed, "annex")


def test_annex__with_a_forged_number_and_its_own_digest_computed_anew__does_not_have_the_digest_of_the_metadata() -> None:
    beside = annex()
    beside["bounds"]["counts"]["stage"]["growing"] += 1
    verdict = verify(with_annex(unsigned(), redigested(beside)), MEANS)
    assert failed(verdict) == ["annex"]
    assert f"in the metadata: {annex()['digest']}" in said(verdict, "annex")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda beside: beside["bounds"]["factors"]["funding"].update(low=4), "bounds.factors.funding.low: the file says 4"),
        (lambda beside: next(flip for flip in beside["flips"] if flip["after"]).update(after=None, figures=[]), "flips["),
        (lambda beside: beside["bounds"].update(times=5), "bounds.times: the file says 5"),
        (lambda beside: beside["bounds"]["counts"]["stage"].update(growing=1000), "bounds.counts.stage.growing"),
    ],
)
def test_annex__forged_with_every_digest_computed_anew__is_found_by_reckoning_again(change: Change, named: str) -> None:
    verdict = verify(forged_annex(change), MEANS)
    assert failed(verdict) == ["reckoned"]
    assert named in said(verdict, "reckoned")


def test_annex__whose_sealed_parts_were_forged__is_vouched_for_by_nobody__and_not_what_the_register_knows() -> None:
    changed = forged_annex(lambda beside: beside["plan"][0].update(owner="Somebody else"))
    verdict = verify(changed, replace(MEANS, register=register_with(unsigned())))
    assert failed(verdict) == ["register"]
    assert result(verdict, "sealed") is Result.NOT_ASKED
    assert "nobody known here vouches for it" in said(verdict, "sealed")


def test_annex__that_the_register_vouches_for__says_what_its_sealed_parts_stand_for() -> None:
    verdict = verify(unsigned(), replace(MEANS, register=register_with(unsigned())))
    assert result(verdict, "sealed") is Result.HOLDS
    assert "the register vouches for it" in said(verdict, "sealed")
    assert "Earlier rounds: the cluster’s own diagnoses of earlier years" in said(verdict, "sealed")
    assert "Stability" not in said(verdict, "sealed")


def test_annex__on_other_pages_than_its_own__is_found_by_making_them_again() -> None:
    beside = annex()
    beside["bounds"]["factors"]["funding"]["low"] = 1
    shown = unsigned_report(diagnosis(), STAMP, redigested(beside))

    def exchanged(pdf: pikepdf.Pdf) -> None:
        enclosed(pdf, "annex.json").write(json.dumps(annex()).encode())
        metadata = pdf.Root.Metadata.read_bytes()
        pdf.Root.Metadata.write(metadata.replace(redigested(beside)["digest"].encode(), annex()["digest"].encode()))

    verdict = verify(edited(shown, exchanged), replace(MEANS, remake=unsigned_report, made_with=made_with))
    assert failed(verdict) == ["remade"]


def test_annex__that_says_nothing__is_told_as_absent() -> None:
    verdict = verify(make(diagnosis(), STAMP).content, MEANS)
    assert verdict.confirmed
    assert (result(verdict, "reckoned"), result(verdict, "sealed")) == (Result.ABSENT, Result.ABSENT)


@pytest.mark.parametrize("part", ["stability", "flips", "bounds", "plan", "digest"])
def test_annex__without_one_of_its_parts__is_refused_by_its_schema(part: str) -> None:
    beside = annex()
    del beside[part]
    verdict = verify(with_annex(unsigned(), beside), MEANS)
    assert failed(verdict) == ["annex"]
    assert part in said(verdict, "annex")


@pytest.mark.parametrize("written", [b"{", b"[]", b'{"digest": 1, "digest": 2}', b"[" * 100_000, b"\xff"])
def test_annex__that_is_none__is_refused(written: bytes) -> None:
    assert failed(verify(with_annex(unsigned(), written), MEANS)) == ["annex"]


def test_report_made_before_there_were_annexes__holds_without_one() -> None:
    """As files were made then: the diagnosis alone enclosed, two properties fewer."""

    def older(pdf: pikepdf.Pdf) -> None:
        pdf.Root["/AF"] = pikepdf.Array([pdf.Root.AF[1]])
        pdf.Root.Names.EmbeddedFiles["/Names"] = pikepdf.Array(list(pdf.Root.Names.EmbeddedFiles.Names)[2:])
        metadata = pdf.Root.Metadata.read_bytes()
        for name in LATER:
            metadata = re.sub(rf"<report:{name}>[^<]*</report:{name}>".encode(), b"", metadata)
        pdf.Root.Metadata.write(metadata)

    verdict = verify(edited(make(diagnosis(), STAMP).content, older), MEANS)
    assert verdict.confirmed, verdict.sentence
    assert "before there were annexes" in said(verdict, "annex")


def test_own_key_of_a_site__vouches__an_earlier_one_does_where_the_register_knows_the_file__and_a_strangers_does_not() -> None:
    own, other = (fingerprint(key.certificate) for key in (signing_key(), signing_key(number=2)))
    assert "its signer vouches" in verify(signed(), replace(MEANS, own_signer=own)).sentence
    assert failed(verify(signed(), replace(MEANS, own_signer=other))) == ["signature"]
    earlier = verify(signed(), replace(MEANS, own_signer=other, register=register_with(signed())))
    assert (earlier.confirmed, earlier.vouched) == (True, ("the register vouches",))
    named = replace(MEANS, known_signer=other, register=register_with(signed()))
    assert failed(verify(signed(), named)) == ["signature"]


def other_page(drawn: bytes) -> bytes:
    return drawn.replace(b"0.043137 0.352941 0.411765 rg", b"0.5 0 0 rg")


def repainted(content: bytes, *, digest_too: bool) -> bytes:
    """The file with other pages, the diagnosis kept; a better forger computes the digest of the pages anew."""

    def repaint(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            page.Contents.write(other_page(page.Contents.read_bytes()))
        if digest_too:
            metadata = pdf.Root.Metadata.read_bytes()
            digest = pages_digest(page.Contents.read_bytes() for page in pdf.pages)
            pdf.Root.Metadata.write(metadata.replace(properties_in(metadata)["pagesDigest"].encode(), digest.encode()))

    return edited(content, repaint)


def test_pages_changed_and_the_diagnosis_kept__is_found() -> None:
    assert failed(verify(repainted(unsigned(), digest_too=False), MEANS)) == ["pages"]


def test_pages_changed_by_a_better_forger__are_found_by_the_register__and_by_making_them_again() -> None:
    changed = repainted(unsigned(), digest_too=True)
    verdict = verify(changed, replace(MEANS, register=register_with(unsigned()), remake=unsigned_report, made_with=made_with))
    assert failed(verdict) == ["register", "remade"]
    assert said(verdict, "register") == "The register knows the diagnosis, but not this file of it."
    assert "page 1 shows something else" in said(verdict, "remade")


def test_report_made_with_other_versions__cannot_be_compared_here() -> None:
    verdict = verify(unsigned(), replace(MEANS, remake=unsigned_report, made_with=lambda *_: "WeasyPrint 99"))
    assert result(verdict, "remade") is Result.OPEN
    assert not verdict.confirmed
    assert "here: WeasyPrint 99" in said(verdict, "remade")


def test_withdrawn_report__does_not_hold__and_says_why() -> None:
    verdict = verify(unsigned(), replace(MEANS, register=register_with(unsigned(), "withdrawn", "A figure was wrong.")))
    assert failed(verdict) == ["register"]
    assert said(verdict, "register") == "The report 2026-EXV-3f9a2c was withdrawn: A figure was wrong."


def test_report_that_the_register_never_saw__does_not_hold() -> None:
    verdict = verify(unsigned(), replace(MEANS, register=lambda *_: Registered(Known.NOTHING)))
    assert failed(verdict) == ["register"]


def test_signature_taken_away__is_found() -> None:
    bare = make(diagnosis(), STAMP, signing_key()).unsigned
    verdict = verify(bare, MEANS)
    assert failed(verdict) == ["signature"]
    assert "the signature is gone" in said(verdict, "signature")


def test_signature_of_another_key_in_the_same_name__is_found() -> None:
    other = make(diagnosis(), STAMP, signing_key(number=2)).content
    known = replace(MEANS, known_signer=fingerprint(signing_key().certificate))
    verdict = verify(other, known)
    assert failed(verdict) == ["signature"]
    assert "with another key than the known one" in said(verdict, "signature")


def test_signature_of_another_than_the_report_names__is_found() -> None:
    verdict = verify(sign(unsigned(), signing_key("Somebody else")), replace(MEANS, register=register_with(unsigned())))
    assert failed(verdict) == ["signature", "register"]
    assert "Signed by Somebody else, but the report names nobody" in said(verdict, "signature")
    assert "not with this one" in said(verdict, "register")
    assert SIGNER not in said(verdict, "signature")


def test_something_appended_after_the_signature__is_found() -> None:
    twice = sign(signed(), signing_key("Somebody else"), field="Second")
    verdict = verify(twice, MEANS)
    assert failed(verdict) == ["file", "signature"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.9999])
def test_truncated_file__cannot_be_read(share: float) -> None:
    verdict = verify(signed()[: int(len(signed()) * share)], MEANS)
    assert (verdict.readable, verdict.confirmed) == (False, False)
    assert verdict.sentence == "Ask for the file again: its end is missing."


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n%%EOF\n", b"PK\x03\x04", b"%PDF-1.7\n" + b"x" * 1000 + b"\n%%EOF\n"])
def test_no_pdf__cannot_be_read(content: bytes) -> None:
    assert not verify(content, MEANS).readable


def test_huge_file__is_not_looked_at() -> None:
    verdict = verify(b"%PDF-1.7\n" + b"\0" * MOST_BYTES, MEANS)
    assert "is not looked at" in verdict.sentence


def bomb(size: int) -> bytes:
    packing = zlib.compressobj(9)
    return b"".join(packing.compress(b"\0" * 1_000_000) for _ in range(size // 1_000_000)) + packing.flush()


@pytest.mark.parametrize("place", ["attachment", "page", "metadata", "font"])
def test_bomb__a_small_stream_that_unpacks_to_hundreds_of_megabytes__is_not_unpacked(place: str) -> None:
    packed = bomb(300_000_000)

    def plant(pdf: pikepdf.Pdf) -> None:
        font = next(iter(pdf.pages[0].Resources.Font.values()))
        streams = {"attachment": enclosed(pdf), "page": pdf.pages[0].Contents, "metadata": pdf.Root.Metadata, "font": font.ToUnicode}
        streams[place].write(packed, filter=pikepdf.Name.FlateDecode)

    with pikepdf.open(BytesIO(unsigned())) as pdf:
        plant(pdf)
        target = BytesIO()
        pdf.save(target, compress_streams=False, fix_metadata_version=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    verdict = verify(target.getvalue(), MEANS)
    assert not verdict.readable
    assert "larger inside" in verdict.sentence


def with_packed_objects(filling: int) -> bytes:
    """A PDF whose only objects are packed, with so many blanks after them."""
    packing = zlib.compressobj(9)
    packed = packing.compress(b"1 0 2 50 " + b"<</Type/Catalog/Pages 2 0 R>>".ljust(50) + b"<</Type/Pages/Kids[]/Count 0>>")
    packed += b"".join(packing.compress(b" " * 1_000_000) for _ in range(filling // 1_000_000)) + packing.flush()
    head, size = b"%PDF-1.7\n", len(packed)
    objects = b"3 0 obj\n<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (size, packed)
    start = len(head) + len(objects)
    entries = b"\0\0\0\0\0\xff" + b"\2\0\0\0\3\0" + b"\2\0\0\0\3\1"
    entries += b"\1" + len(head).to_bytes(4, "big") + b"\0" + b"\1" + start.to_bytes(4, "big") + b"\0"
    table = b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(entries), entries)
    return head + objects + table + b"startxref\n%d\n%%%%EOF\n" % start


def test_bomb__in_the_stream_of_objects__is_not_unpacked() -> None:
    assert verify(with_packed_objects(0), MEANS).readable
    assert not verify(with_packed_objects(300_000_000), MEANS).readable


def test_packing_without_a_limit__is_refused_however_its_name_is_written() -> None:
    for name in (b"/LZWDecode", b"/#4cZ#57Decode"):
        assert not verify(with_packed_objects(0).replace(b"%PDF-1.7\n", b"%PDF-1.7\n%" + name), MEANS).readable


@pytest.mark.parametrize(
    "written",
    ["{", "[]", '{"a": NaN}', '{"digest": 1, "digest": 2}', "[" * 100_000, '{"a": 1e999}', "\udcff"],
)
def test_enclosed_text__that_is_no_diagnosis__is_refused(written: str) -> None:
    content = edited(unsigned(), lambda pdf: enclosed(pdf).write(written.encode("utf-8", "surrogateescape")))
    assert set(failed(verify(content, MEANS))) & {"enclosed", "schema"}


@pytest.mark.parametrize("part", ["measures", "cluster", "certificate", "trace"])
def test_diagnosis_without_one_of_its_parts__is_refused_by_its_schema(part: str) -> None:
    document = diagnosis()
    del document[part]
    verdict = verify(with_diagnosis(unsigned(), redigested(document)), MEANS)
    assert failed(verdict) == ["schema"]
    assert part in said(verdict, "schema")


@pytest.mark.parametrize("value", ["many", 1e300, -4, True, [3], {"a": 1}])
def test_measure__that_is_none__is_told_in_a_sentence(value: Any) -> None:
    def odd(document: dict[str, Any]) -> None:
        document["measures"]["structure.firms"] = {"value": value}

    document = diagnosis()
    odd(document)
    verdict = verify(with_diagnosis(unsigned(), redigested(document)), MEANS)
    assert {"certificate", "conclusions"} & set(failed(verdict)) or "schema" in failed(verdict)


def test_reading__finds_what_the_pages_say() -> None:
    contents = read(unsigned())
    assert diagnosis()["digest"] in "".join(contents.text)
    assert json.loads(dict(contents.attachments)["diagnosis.json"]) == diagnosis()
