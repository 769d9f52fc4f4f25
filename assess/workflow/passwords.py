"""Passwords: which may be chosen, and how they are kept (argon2id) and tried."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assess.workflow.refusals import Unfit

SHORTEST, LONGEST = 12, 200
"""Characters. There are no rules about what kinds of characters a password is made of."""

_FEWEST_DIFFERENT = 5
_LEAST_WORD = 3
"""A name or a part of an address counts from this length on."""
_LEAST_OWN = 4
"""Letters that are not the owner's name or address."""
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba")
_LEET = str.maketrans("013457@$€!", "oleastaaei")
_LIST = Path(__file__).parent / "common_passwords.txt"
_HASHER = PasswordHasher()


class PasswordUnfit(Unfit):
    """A password that is too short, too long or too easily guessed."""


def judge(password: str, *, about: Iterable[str]) -> str:
    """Return a password as it is kept. Raises PasswordUnfit when it should not be chosen; `about` is what is known of its owner."""
    if len(password) < SHORTEST:
        raise PasswordUnfit("Choose at least %(least)s characters: a sentence of your own is easy to remember.", least=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordUnfit("Choose at most %(most)s characters.", most=LONGEST)
    if _is_common(password):
        raise PasswordUnfit("Choose something less usual: this is made of words and runs that are tried first.")
    if _names_its_owner(password, about):
        raise PasswordUnfit("Choose something without your name or address in it.")
    return password


def keep(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(_plain(password))


def fits(kept: str | None, password: str) -> bool:
    """Say whether a password is the one that was kept; takes as long where none was."""
    try:
        return _HASHER.verify(kept or _nobodys(), _plain(password[: LONGEST + 1])) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Say whether a password should be kept anew because the costs of keeping it were raised."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's password")


def _plain(password: str) -> str:
    """The same characters can be typed in more than one way."""
    return normalize("NFKC", password)


def _is_common(password: str) -> bool:
    """Say whether nothing is left of it without well-known words, runs, years and repetition."""
    small = _plain(password).casefold()
    if len(set(small)) < _FEWEST_DIFFERENT or any(small in run for run in _RUNS):
        return True
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", small)
    return any(_is_made_of_words(re.sub(r"[\W\d_]", "", text)) for text in (small, bare.translate(_LEET)))


def _is_made_of_words(letters: str) -> bool:
    """Say whether a text can be cut into words of the list, without remainder. Nothing but digits and signs is common as well."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[begin:end] in _words() for begin in reached):
            reached.add(end)
    return len(letters) in reached


@cache
def _words() -> frozenset[str]:
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _names_its_owner(password: str, about: Iterable[str]) -> bool:
    """Say whether little is left of it without its owner's name and address."""
    left = _plain(password).casefold()
    words = {word for text in about for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= _LEAST_WORD}
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return len(re.sub(r"[\W\d_]", "", left)) < _LEAST_OWN and len(left) < len(password)
