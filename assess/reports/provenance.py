"""The page of proof: what the report was made from, by version and digest, and how each can be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assess.reports import names
from assess.reports.cover import versioned
from assess.reports.dossier import Dossier
from assess.reports.glyphs import printable


@dataclass(frozen=True, slots=True)
class Entry:
    """A named value; `code` asks for a face in which digits can be compared."""

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Recheck:
    """What is needed to make the diagnosis again, and the command that does it."""

    needs: str
    command: str


def provenance(dossier: Dossier) -> tuple[Entry, ...]:
    """Name everything the report was made from."""
    return tuple(_entries(dossier))


def number_note(dossier: Dossier, *, published: bool) -> str:
    """What the report number is made of."""
    if published:
        return dossier.say("The report number names the year and the cluster, and ends as the digest of the diagnosis begins.")
    return dossier.say("The report number is the first twelve characters of the digest of the diagnosis.")


def signature_note(dossier: Dossier, signer: str) -> str:
    """Who signs the file."""
    if not signer:
        return dossier.say("This report is not signed.")
    return dossier.say("This report is signed by %(signer)s; a PDF reader shows the signature.", signer=printable(signer))


def recheck(dossier: Dossier) -> Recheck:
    """How the diagnosis is made again from the beginning."""
    used, year = dossier.document["questionnaires"], dossier.document["round"]["year"]
    if not used:
        return Recheck(dossier.say("the indicator file of this cluster"), "assess diagnose FILE --format json")
    options = " ".join(f"--{each['id']} FILE" for each in used)
    return Recheck(dossier.say("the files of responses"), f"assess diagnose {options} --cluster NAME --year {year} --format json")


def _entries(dossier: Dossier) -> Iterator[Entry]:
    content = dossier.document
    rulebase, certificate, annex = content["rulebase"], content["certificate"], dossier.annex or {}
    yield Entry(dossier.say("Diagnosis"), content["digest"], code=True)
    if annex.get("digest"):
        yield Entry(dossier.say("Annex"), annex["digest"], code=True)
    yield Entry(dossier.say("Rule base %(version)s", version=versioned(dossier, rulebase)), rulebase["digest"], code=True)
    for used in content["questionnaires"]:
        yield Entry(f"{dossier.name(names.QUESTIONNAIRES, used['id'])} {versioned(dossier, used)}", used["digest"], code=True)
    if not content["questionnaires"]:
        yield Entry(dossier.say("Questionnaires"), dossier.say("none: the figures were given as an indicator file"))
    checked = dossier.several(certificate["rules_checked"], "%(num)s rule checked", "%(num)s rules checked")
    yield Entry(dossier.say("Certificate, %(checked)s", checked=checked), certificate["digest"], code=True)
    yield Entry(dossier.say("Format of the diagnosis"), content["schema"])
