"""Infers stored diagnoses again by another rule base, and keeps what would come out otherwise, and through which rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assess.content import content_folder
from assess.definitions.library import load_rulebase_version, rulebase_versions
from assess.definitions.rulebase import Rulebase
from assess.engine.certificate import Infers
from assess.engine.impact import impact
from assess.engine.inference import Engine
from assess.errors import AssessError
from assess.phrases import Phrase, message, packed
from assess.settings import Settings
from assess.store.session import reading
from assess.worker.handling import Progress, database
from assess.workflow import definitions_in_use
from assess.workflow.definitions_in_use import Stored
from assess.workflow.refusals import Unfit

_CHANGED = message("Ask for the preview again: the rule base %(version)s was changed since.")
_NOT_INSTALLED = Phrase("the rule base that it was made with is not installed")
_CONCLUSION = "conclusion"
"""The kind of flip that only repeats what the others say, rule by rule."""


def preview_impact(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Compare every stored diagnosis; nothing is kept but the comparison, and doing it again makes the same one."""
    new, engine = load_rulebase_version(str(payload["version"])), Engine()
    if new.digest != payload["digest"]:
        raise Unfit(_CHANGED, version=new.version)
    known = _known_rulebases()
    same, changed, left_out = 0, list[dict[str, Any]](), list[dict[str, Any]]()
    with database(settings) as database_:
        with reading(database_) as session:
            numbers = definitions_in_use.diagnosis_numbers(session)
        for done, number in enumerate(numbers, start=1):
            with reading(database_) as session:
                found = definitions_in_use.stored(session, number)
            if found is not None:
                line, because = _compared(found, known, new, engine)
                same += line is None and not because
                changed += [line] if line else []
                left_out += [_about(found) | {"because": because}] if because else []
            progress(done, len(numbers))
    return {"same": same, "changed": changed, "left_out": left_out}


def _compared(found: Stored, known: Mapping[str, Rulebase], new: Rulebase, engine: Infers) -> tuple[dict[str, Any] | None, str]:
    """Return what would come out otherwise, or why that cannot be said."""
    digest = str(found.document.get("rulebase", {}).get("digest", ""))
    if digest not in known:
        return None, packed(_NOT_INSTALLED)
    try:
        outcome = impact(found.document, known[digest], new, engine)
    except AssessError as error:
        return None, packed(error.args[0]) if error.args else ""
    if not outcome.flips:
        return None, ""
    shown = [flip for flip in outcome.flips if flip.kind != _CONCLUSION] or outcome.flips
    flips = [[flip.kind, flip.name, _said(flip.before), _said(flip.after)] for flip in shown]
    return _about(found) | {"flips": flips, "rules": list(outcome.rules)}, ""


def _about(found: Stored) -> dict[str, Any]:
    return {"cluster_id": found.cluster_id, "cluster": found.cluster, "year": found.year}


def _said(value: object) -> str:
    return "unknown" if value is None else str(value)


def _known_rulebases() -> dict[str, Rulebase]:
    loaded = (load_rulebase_version(version) for version in rulebase_versions(content_folder("rules")))
    return {rulebase.digest: rulebase for rulebase in loaded}
