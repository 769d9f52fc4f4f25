"""What faults in a rule base concern, named by its kind and its id."""

from __future__ import annotations

from functools import lru_cache

from assess.phrases import Phrase, message

_NAMED = {
    "rule": message("rule %(id)s"),
    "instrument": message("instrument %(id)s"),
    "parameter": message("parameter %(id)s"),
    "derived": message("derived %(id)s"),
    "factor": message("factor %(id)s"),
    "indicator": message("indicator %(id)s"),
    "fact": message("fact %(id)s"),
    "source": message("source %(id)s"),
}
_ALONE = {
    "rule": message("rule"),
    "instrument": message("instrument"),
    "parameter": message("parameter"),
    "derived": message("derived"),
    "factor": message("factor"),
}
"""For entries that are too broken to have an id."""


@lru_cache(maxsize=4096)  # a rule base is named several times over while it is read
def named(kind: str, id_: str) -> Phrase:
    """Name an entry: `rule hub.suppliers`."""
    return Phrase(_NAMED[kind], id=id_)


def nameless(kind: str) -> Phrase:
    """Name an entry of which nothing but its kind is known."""
    return Phrase(_ALONE[kind])
