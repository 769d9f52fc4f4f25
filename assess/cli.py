"""The command line: `assess`. What a command does is imported only when it runs, so that help comes at once."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path

import click

from assess import __version__
from assess.errors import AssessError, FaultsFound
from assess.phrases import message

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
_FILE = click.Path(path_type=Path)
_PORT = click.IntRange(1, 65535)
_AUDIENCES = ["agency", "management", "executives"]
_FORMAT = click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print.")
_VERSION = click.option("--rulebase", "version", metavar="VERSION", help="Version of the rule base; the latest when not given.")


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Leave no longer needed objects where they are: a command that ends soon is quicker by a tenth without looking for them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from assess.commands.speaking import say

        click.echo(say("%(program)s, version %(version)s", program="assess", version=__version__))
        context.exit()


@click.group(context_settings=_CONTEXT)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version and exit.")
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
@click.argument("file", type=_FILE, required=False)
@click.option("-o", "--output", "target", type=_FILE, required=True, help="The PDF to write; with --round-year, the folder.")
@click.option("--round-year", "year", type=click.IntRange(1990, 2100), help="Reports of the rounds of this year in the survey's database.")
@click.option("--all", "everything", is_flag=True, help="With --round-year: of all clusters.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="With --round-year: how many at a time.")
@click.option("--language", default="en", show_default=True, help="Language of the report; one that the rule base is translated into.")
@click.option("--audience", type=click.Choice(_AUDIENCES), default="agency", show_default=True, help="Who the report is for.")
@click.option("--member", type=_FILE, help="In place of FILE: members' responses (CSV or XLSX).")
@click.option("--management", type=_FILE, help="The cluster management's response.")
@click.option("--evaluator", type=_FILE, help="The evaluator's response.")
@click.option("--cluster", "name", help="Name of the cluster that responses are about.")
@click.option("--year", "asked_year", type=click.IntRange(1990, 2100), help="Year of the round that responses are about.")
@_VERSION
def report(
    file: Path | None,
    target: Path,
    year: int | None,
    everything: bool,
    jobs: int,
    language: str,
    audience: str,
    member: Path | None,
    management: Path | None,
    evaluator: Path | None,
    name: str | None,
    asked_year: int | None,
    version: str | None,
) -> None:
    """Write the PDF report of FILE (an indicator file, or a diagnosis saved as JSON), of files of responses, or all reports of a year.

    Reports are signed when ASSESS_SIGNING_KEY names a key (see `assess keys create`).

    \b
    Examples: assess report cluster.yaml -o report.pdf
              assess report cluster.yaml --language de --audience management -o bericht.pdf
              assess report --member m.csv --management g.csv --cluster "Example valley" --year 2026 -o report.pdf
              assess report --round-year 2026 --all --jobs 2 -o reports
    """
    from assess.commands.diagnose import Responses

    responses = Responses(member, management, evaluator, name, asked_year)
    given = (file is not None, year is not None, bool(responses.files))
    if given.count(True) != 1 or (year is not None) != everything:
        from assess.commands.speaking import say

        text = say("Give a FILE, files of responses (--member, --management, --evaluator), or --round-year YEAR with --all.")
        raise click.UsageError(text)
    if year is not None:
        from assess.commands import report_year

        report_year.run(year, jobs, target, audience=audience, language=language)
    else:
        from assess.commands import report as command

        command.run(file or responses, target, version, audience=audience, language=language)


@assess.command()
@click.argument("file", type=_FILE)
@click.option("--pages", is_flag=True, help="Also make the report again and compare it byte for byte; takes seconds.")
@click.option("--certificate", type=_FILE, help="The certificate (PEM) that it should be signed with.")
@_FORMAT
def verify(file: Path, pages: bool, certificate: Path | None, output: str) -> None:
    """Check a report FILE (PDF): signature, digests, register, and every conclusion drawn again from its figures.

    \b
    Example: assess verify report.pdf
    Exit codes: 0 everything asked holds · 1 something does not · 2 it cannot be read.
    """
    with _collecting_nothing():
        from assess.commands.signature_ahead import begun, content_of

        content = content_of(file)
        signature = begun(content)
        from assess.commands import verifying as command

        sys.exit(command.run(file, content, signature, output, pages, certificate))


@assess.group()
def keys() -> None:
    """Keep the key that reports are signed with."""


@keys.command("create")
@click.argument("folder", type=_FILE)
@click.option("--name", default="Cluster assessment", show_default=True, help="Who signs; it is printed in every report.")
def keys_create(folder: Path, name: str) -> None:
    """Make a key and its self-signed certificate in FOLDER, for ASSESS_SIGNING_KEY.

    The key is encrypted when ASSESS_SIGNING_PASSWORD is set.

    \b
    Example: assess keys create keys --name "Example Agency"
    """
    from assess.commands import keys as command

    command.create(folder, name)


@assess.command()
@click.option("-o", "--output", "folder", type=_FILE, default=Path("demo"), show_default=True, help="Folder for the demo's files.")
@click.option("--site/--no-site", default=True, show_default=True, help="Serve the site, or write the files only.")
@click.option("--port", type=_PORT, default=8000, show_default=True, help="Port of the site, or the next free one of the twenty after it.")
def demo(folder: Path, site: bool, port: int) -> None:
    """Write reports of published clusters, then serve a site of four synthetic ones and print links into it.

    \b
    Examples: assess demo
              assess demo --no-site
    """
    from assess.commands import demo as command

    command.run(folder, files=True, site=site, host="127.0.0.1", port=port)


@assess.group()
def db() -> None:
    """Look after the survey's database (ASSESS_DATABASE)."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them to this version.

    \b
    Example: assess db upgrade
    """
    from assess.commands import database

    database.run_upgrade()


_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
_KEY = click.argument("key", metavar="CLUSTER")
_YEAR = click.argument("year", type=click.IntRange(1990, 2100))


@assess.group()
def cluster() -> None:
    """Enter clusters and their members into the survey's database."""


@cluster.command("add")
@click.argument("name")
@click.option("--key", default="", help="Short name in commands and addresses; made from the name when not given.")
@click.option("--members", type=_FILE, help="CSV or XLSX with the columns name, kind, email, and language if need be.")
@click.option("--leave-out-faulty", is_flag=True, help="Import the rows that are in order, and leave out the others.")
def cluster_add(name: str, key: str, members: Path | None, leave_out_faulty: bool) -> None:
    """Make a cluster, and import its members; doing it again changes only what changed.

    \b
    Example: assess cluster add "Example Valley" --members members.csv
    """
    from assess.commands import rounds as command

    command.cluster_add(name, key, members, leave_out_faulty)


@cluster.command("preview")
@_KEY
@click.argument("members", type=_FILE)
def cluster_preview(key: str, members: Path) -> None:
    """Say what importing a list of members would do, row by row where it would not work.

    \b
    Example: assess cluster preview example-valley members.csv
    """
    from assess.commands import rounds as command

    command.cluster_preview(key, members)


@assess.group("round")
def round_() -> None:
    """Run a round of the survey: plan, open, remind, send, close, diagnose, release, export."""


@round_.command("plan")
@_KEY
@_YEAR
@click.option("--opens", "opens_at", type=_TIME, required=True, help="When it opens, UTC.")
@click.option("--closes", "closes_at", type=_TIME, required=True, help="When it closes, UTC.")
def round_plan(key: str, year: int, opens_at: datetime, closes_at: datetime) -> None:
    """Plan a round with the latest questionnaires and rule base.

    \b
    Example: assess round plan example-valley 2026 --opens 2026-12-01 --closes 2027-01-15
    """
    from assess.commands import rounds as command

    command.round_plan(key, year, opens_at, closes_at)


@round_.command("send")
def round_send() -> None:
    """Send the mails that are due and close the rounds that are over; to be run every few minutes.

    \b
    Example: assess round send
    """
    from assess.commands import rounds as command

    command.round_send()


def _round_command(name: str, verb: str, sentence: str) -> None:
    """Add a command that needs only a cluster and a year."""

    @round_.command(name, help=f"{sentence}\n\n\b\nExample: assess round {name} example-valley 2026")
    @_KEY
    @_YEAR
    def run(key: str, year: int) -> None:
        from assess.commands import rounds as command

        getattr(command, verb)(key, year)


_round_command("open", "round_open", message("Open a round and queue an invitation to every member."))
_round_command("remind", "round_remind", message("Queue a reminder to everybody who is due for one."))
_round_command("progress", "round_progress_of", message("Say who got how far, by kind of member; answers are not looked at."))
_round_command("close", "round_close", message("Close a round before its time."))
_round_command("release", "round_release", message("Release the figures that members may see; from then on no answer can be changed."))


@round_.command("diagnose")
@_KEY
@_YEAR
@click.option("-o", "--output", "target", type=_FILE, help="File for the diagnosis, JSON.")
def round_diagnose(key: str, year: int, target: Path | None) -> None:
    """Diagnose a closed round and keep the document.

    \b
    Example: assess round diagnose example-valley 2026 -o diagnosis.json
    """
    from assess.commands import rounds as command

    command.round_diagnose(key, year, target)


@round_.command("export")
@_KEY
@_YEAR
@click.option("-o", "--output", "folder", type=_FILE, required=True, help="Folder for the response files.")
def round_export(key: str, year: int, folder: Path) -> None:
    """Write the responses that were handed in, as `assess diagnose` reads them; they are confidential.

    \b
    Example: assess round export example-valley 2026 -o responses
    """
    from assess.commands import rounds as command

    command.round_export(key, year, folder)


_ROLE = click.option("--role", type=click.Choice(["manager", "evaluator", "agency", "admin"]), required=True, help="What the account is.")
_ROLE_CLUSTER = click.option("--cluster", "cluster_key", metavar="KEY", help="Cluster of a manager or an evaluator.")
_ROLE_PROGRAMME = click.option("--programme", "programme_key", metavar="KEY", help="Programme of an agency.")
_EMAIL = click.argument("email", metavar="EMAIL")


@assess.group()
def account() -> None:
    """Keep the accounts of evaluators, cluster managers, agencies and administrators."""


@account.command("add")
@_EMAIL
@click.option("--name", required=True, help="Name of the person.")
@_ROLE
@_ROLE_CLUSTER
@_ROLE_PROGRAMME
def account_add(email: str, name: str, role: str, cluster_key: str | None, programme_key: str | None) -> None:
    """Make an account with a role, and print the link to its first password, once.

    \b
    Example: assess account add ada@example.org --name "Ada Example" --role evaluator --cluster example-valley
    """
    from assess.commands import accounts as command

    command.add(email, name, role, cluster_key, programme_key)


@account.command("list")
def account_list() -> None:
    """Print all accounts with what they may look after.

    \b
    Example: assess account list
    """
    from assess.commands import accounts as command

    command.show()


@account.command("grant")
@_EMAIL
@_ROLE
@_ROLE_CLUSTER
@_ROLE_PROGRAMME
def account_grant(email: str, role: str, cluster_key: str | None, programme_key: str | None) -> None:
    """Give an account one more role.

    \b
    Example: assess account grant ada@example.org --role evaluator --cluster example-valley
    """
    from assess.commands import accounts as command

    command.grant(email, role, cluster_key, programme_key)


@account.command("revoke")
@_EMAIL
@_ROLE
@_ROLE_CLUSTER
@_ROLE_PROGRAMME
def account_revoke(email: str, role: str, cluster_key: str | None, programme_key: str | None) -> None:
    """Take a role of an account away.

    \b
    Example: assess account revoke ada@example.org --role evaluator --cluster example-valley
    """
    from assess.commands import accounts as command

    command.revoke(email, role, cluster_key, programme_key)


def _account_command(name: str, verb: str, sentence: str) -> None:
    """Add a command that needs only an account."""

    @account.command(name, help=f"{sentence}\n\n\b\nExample: assess account {name} ada@example.org")
    @_EMAIL
    def run(email: str) -> None:
        from assess.commands import accounts as command

        getattr(command, verb)(email)


_account_command("disable", "disable", message("Let nobody sign in to an account, and end its sessions."))
_account_command("enable", "enable", message("Let an account sign in again."))
_account_command("reset-second-factor", "reset_second_factor", message("Forget the device and the recovery codes of an account."))
_account_command("code", "code", message("Print the code that an account's device shows now; in the demo only."))


@assess.group()
def audit() -> None:
    """Check the log of who did what."""


@audit.command("verify")
@click.option("--known", metavar="SEQUENCE:SEAL", help="An event and its seal from elsewhere, such as a report: finds a log that was cut.")
def audit_verify(known: str | None) -> None:
    """Say whether the log is as it was written; exit code 1 and the events named when it is not.

    \b
    Example: assess audit verify
    """
    from assess.commands import auditing as command

    sys.exit(command.verify(known))


@audit.command("head")
def audit_head() -> None:
    """Print the number of the last event and its seal, to be kept elsewhere.

    \b
    Example: assess audit head
    """
    from assess.commands import auditing as command

    command.head()


@assess.command()
@click.argument("target", type=_FILE)
def backup(target: Path) -> None:
    """Copy the survey's database to TARGET while it is in use, and its evidence files to TARGET-files.

    \b
    Example: assess backup survey-2026-11-21.db
    """
    from assess.commands import database

    database.run_backup(target)


@assess.command()
@click.argument("source", type=_FILE)
def restore(source: Path) -> None:
    """Fill an empty database from the backup SOURCE, with the evidence files in SOURCE-files.

    \b
    Example: assess restore survey-2026-11-21.db
    """
    from assess.commands import database

    database.run_restore(source)


@assess.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=_PORT, default=8000, show_default=True, help="Port to listen on.")
@click.option("--demo", is_flag=True, help="Serve four synthetic clusters from a new database and print links into it.")
@click.option("--folder", type=_FILE, default=Path("demo"), show_default=True, help="Folder of the demo.")
@click.option("--no-worker", is_flag=True, help="Leave background jobs to `assess worker`, run elsewhere.")
@click.option("--metrics", metavar="ADDRESS", default="", help="Serve figures for Prometheus as well, such as on 127.0.0.1:9100.")
def serve(host: str, port: int, demo: bool, folder: Path, no_worker: bool, metrics: str) -> None:
    """Serve the survey site, with a worker for background jobs beside it.

    \b
    Example: assess serve --demo
    """
    if demo and metrics:
        from assess.commands.speaking import say

        raise click.UsageError(say("Leave --metrics out: the demo has none."))
    if demo:
        from assess.commands import demo as command

        command.run(folder, files=False, site=True, host=host, port=port, worker=not no_worker)
    else:
        from assess.commands import serving

        serving.run(host, port, worker=not no_worker, metrics=metrics)


@assess.command("metrics")
@click.argument("address", default="127.0.0.1:9100")
@click.option("--beside", metavar="PROCESS", type=int, hidden=True, help="End when this process, which started this one, ends.")
def metrics_command(address: str, beside: int | None) -> None:
    """Serve figures for Prometheus on ADDRESS of this machine: rounds, jobs, mails and sessions, by state.

    \b
    Example: assess metrics 127.0.0.1:9100
    """
    from assess.commands import metrics as command

    command.run(address, beside)


@assess.command()
@click.option("--beside", metavar="PROCESS", type=int, hidden=True, help="End when this process, which started this one, ends.")
def worker(beside: int | None) -> None:
    """Work on background jobs: send mails, close rounds, remind, write exports; run as many of these as you like.

    \b
    Example: assess worker
    """
    from assess.commands import working

    working.run(beside)


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
    """Run the command line; failures that a person can mend are told in sentences, with exit code 2.

    What the encoding of a terminal lacks is printed as a question mark.
    """
    atexit.register(gc.freeze)  # so that nobody looks for cycles in what ends with the process anyway: a tenth of a short command
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        _spoken().main(args=arguments, prog_name="assess", standalone_mode=True)
    except AssessError as error:
        _tell(error)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _spoken() -> click.Group:
    """Return the commands with their help in the language of whoever runs them."""
    from assess.commands.speaking import reader
    from assess.definitions.words import ENGLISH

    words = reader()
    if words.language == ENGLISH:
        return assess
    from assess.commands.helping import in_words

    return in_words(assess, words)


def _tell(error: AssessError) -> None:
    from assess.commands.speaking import reader

    words = reader()
    click.echo(error.said(words.told), err=True)
    if isinstance(error, FaultsFound):
        count = words.several(len(error.faults), "%(num)s fault found; nothing was done.", "%(num)s faults found; nothing was done.")
        click.echo(count, err=True)
