"""Small questionnaires for tests of the site: every control, conditions, a repeat, a second language."""

from __future__ import annotations

EVERYTHING = """
settings:
  form_id: member
  version: "1"
  form_title: {en: "Everything", de: "Alles"}
  default_language: en
  status: draft
  respondent: member
choices:
  yes_no:
    - {name: "yes", label: {en: "Yes", de: "Ja"}}
    - {name: "no", label: {en: "No", de: "Nein"}}
  fields:
    - {name: optics, label: {en: "Optics", de: "Optik"}}
    - {name: drives, label: {en: "Drives", de: "Antriebe"}}
    - {name: software, label: {en: "Software", de: "Software"}}
  agree5:
    - {name: "1", label: {en: "Strongly disagree", de: "Gar nicht"}}
    - {name: "5", label: {en: "Strongly agree", de: "Ganz"}}
survey:
  - type: group
    name: about
    label: {en: "About you", de: "Über Sie"}
    items:
      - {type: note, name: hello, label: {en: "Welcome.", de: "Willkommen."}}
      - {type: select_one yes_no, name: exports, label: {en: "Do you export?", de: "Exportieren Sie?"}, special: []}
      - type: integer
        name: export_share
        label: {en: "Which share of sales?", de: "Welcher Anteil?"}
        relevant: "${exports} = 'yes'"
        constraint: ". >= 0 and . <= 100"
        constraint_message: {en: "Enter a share from 0 to 100.", de: "Geben Sie 0 bis 100 an."}
      - {type: select_multiple fields, name: works_in, label: {en: "Where do you work?", de: "Wo arbeiten Sie?"}}
      - type: select_one fields
        name: main_field
        label: {en: "And mainly?", de: "Und vor allem?"}
        choice_filter: "selected(${works_in}, .)"
      - {type: date, name: founded, label: {en: "Founded on", de: "Gegründet am"}, required: true, special: []}
      - {type: decimal, name: sites, label: {en: "Sites", de: "Standorte"}}
      - {type: acknowledge, name: agreed, label: {en: "I agree.", de: "Einverstanden."}, special: []}
      - {type: text, name: remark, label: {en: "Anything else?", de: "Noch etwas?"}}
  - type: group
    name: abroad
    label: {en: "Abroad", de: "Ausland"}
    relevant: "${exports} = 'yes'"
    items:
      - type: group
        appearance: table-list
        name: abroad_table
        label: {en: "How far?", de: "Wie sehr?"}
        items:
          - {type: select_one agree5, name: known, label: {en: "We are known.", de: "Wir sind bekannt."}}
          - {type: select_one agree5, name: liked, label: {en: "We are liked.", de: "Wir sind beliebt."}, special: [dont_know]}
  - type: group
    name: talks
    label: {en: "Talks", de: "Gespräche"}
    items:
      - type: repeat
        name: talk
        label: {en: "Talk", de: "Gespräch"}
        items:
          - {type: text, name: with_whom, label: {en: "With whom?", de: "Mit wem?"}, special: []}
"""
