"""Tables on the terminal, without blanks at the ends of their lines: they are copied into documents."""

import typer
from rich.console import Console
from rich.table import Table


def print_table(console: Console, table: Table) -> None:
    """Print a table as wide as the terminal."""
    with console.capture() as printed:
        console.print(table)
    for line in printed.get().splitlines():
        typer.echo(line.rstrip())
