"""What a field is called where it stands alone: an entry's questions say which entry they belong to."""

from __future__ import annotations

from assess.definitions.words import words_of
from assess.web.progress import Section
from assess.web.visits import Visit
from assess.workflow.answer_rows import field_of


def label_of(visit: Visit, section: Section, field: str) -> str:
    """Return the question of a field, after the name of its entry where it belongs to a repeat."""
    name, number = field_of(field) or ("", 0)
    item = visit.questionnaire.item(name)
    asked = item.label.in_language(visit.language)
    if item.repeat is None:
        return asked
    repeat = next(group for group in visit.questionnaire.groups if group.name == item.repeat)
    numbers = section.numbers(item.repeat)
    place = numbers.index(number) + 1 if number in numbers else number
    mark = words_of(visit.language).say(": ")
    return f"{repeat.label.in_language(visit.language)} {place}{mark}{asked}" if repeat.label else asked
