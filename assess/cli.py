"""The command line: `assess`. What a command does is imported only when it runs, so that help comes at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from assess import __version__
from assess.errors import AssessError, FaultsFound

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
_FILE = click.Path(path_type=Path)
_FORMAT = click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print.")
_VERSION = click.option("--rulebase", "version", metavar="VERSION", help="Version of the rule base; the latest when not given.")


@click.group(context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="assess")
def assess() -> None:
    """Diagnose industrial and innovation clusters, and show why.

    \b
    Example: assess diagnose cluster.yaml
    Exit codes: 0 done · 1 something checked did not hold · 2 bad input, every fault listed.
    """


@assess.command()
@_FORMAT
@_VERSION
def check(output: str, version: str | None) -> None:
    """Check questionnaires, rules and cases, and count what there is.

    \b
    Example: assess check
    """
    from assess.commands import check as command

    command.run(output, version)


@assess.command()
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--member", type=_FILE, help="Members' responses (CSV or XLSX).")
@click.option("--management", type=_FILE, help="The cluster management's response.")
@click.option("--evaluator", type=_FILE, help="The evaluator's response.")
@click.option("--cluster", "name", help="Name of the cluster that responses are about.")
@click.option("--year", type=click.IntRange(1990, 2100), help="Year of the round that responses are about.")
@_FORMAT
@_VERSION
def diagnose(
    files: tuple[Path, ...],
    member: Path | None,
    management: Path | None,
    evaluator: Path | None,
    name: str | None,
    year: int | None,
    output: str,
    version: str | None,
) -> None:
    """Diagnose clusters from indicator FILES, or one cluster from files of responses.

    \b
    Examples: assess diagnose cluster.yaml
              assess diagnose --member m.csv --management g.csv --evaluator e.csv --cluster "Example valley" --year 2026
    """
    from assess.commands import diagnose as command

    command.run(files, command.Responses(member, management, evaluator, name, year), output, version)


@assess.command()
@click.argument("file", type=_FILE)
@click.argument("conclusion")
@_VERSION
def explain(file: Path, conclusion: str, version: str | None) -> None:
    """Say why, or why not, a CONCLUSION was drawn from FILE (an indicator file).

    CONCLUSION is `type`, `stage`, a type or stage, a success factor, a flag, a screen's criterion, an instrument,
    a finding or a rule.

    \b
    Examples: assess explain cluster.yaml stage
              assess explain cluster.yaml gap.funding.severe
    """
    from assess.commands import explain as command

    command.run(file, conclusion, version)


@assess.command()
@click.argument("file", type=_FILE)
@click.option("-o", "--output", "target", type=_FILE, required=True, help="The PDF to write.")
@_VERSION
def report(file: Path, target: Path, version: str | None) -> None:
    """Write the PDF report of FILE (an indicator file, or a diagnosis saved as JSON).

    \b
    Example: assess report cluster.yaml -o report.pdf
    """
    from assess.commands import report as command

    command.run(file, target, version)


@assess.command()
@click.option("-o", "--output", "folder", type=_FILE, default=Path("demo"), show_default=True, help="Folder for the demo's files.")
def demo(folder: Path) -> None:
    """Diagnose the published clusters and a synthetic one, and write their reports.

    \b
    Example: assess demo
    """
    from assess.commands import demo as command

    command.run(folder)


@assess.command()
def doctor() -> None:
    """Say what this machine lacks.

    \b
    Example: assess doctor
    """
    from assess.commands import doctor as command

    command.run()


@assess.command()
@click.argument("what", metavar="rulebase|QUESTIONNAIRE")
@click.argument("version")
def publish(what: str, version: str) -> None:
    """Publish a version of the rule base or of a questionnaire: from then on it cannot change.

    Set its status to `published` first.

    \b
    Example: assess publish rulebase 2026.1
    """
    from assess.commands import publish as command

    command.run(what, version)


@assess.command()
@click.argument("what", type=click.Choice(["rules", "questionnaire", "diagnosis", "indicators"]))
def schema(what: str) -> None:
    """Print the JSON Schema of a format, for editors and programs.

    \b
    Example: assess schema rules > rules.schema.json
    """
    from assess.commands import schema as command

    command.run(what)


@assess.command()
@click.option("-o", "--output", "folder", type=_FILE, required=True, help="Folder for the response files.")
@click.option("--members", type=click.IntRange(5, 100_000), default=60, show_default=True, help="How many members answer.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same files.")
def synthesise(folder: Path, members: int, seed: int) -> None:
    """Write synthetic responses to the three questionnaires, marked as synthetic.

    \b
    Example: assess synthesise -o responses --members 60 --seed 7
    """
    from assess.commands import synthesise as command

    command.run(folder, members, seed)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; failures that a person can mend are told in sentences, with exit code 2."""
    try:
        assess.main(args=arguments, prog_name="assess", standalone_mode=True)
    except FaultsFound as error:
        _tell(str(error))
        _tell(f"{len(error.faults)} fault{'s' if len(error.faults) != 1 else ''} found; nothing was done.")
        sys.exit(2)
    except AssessError as error:
        _tell(str(error))
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _tell(text: str) -> None:
    click.echo(text, err=True)
