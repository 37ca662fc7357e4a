"""What the tests of the commands share."""

import pytest

from engrave.cli.main import main


@pytest.fixture
def command(capfdbinary):
    """Run the command in this process: its exit status, what it said, what it complained of."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as leaving:
            status = leaving.code
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return run
