"""`python -m training train DATA RUN`, then `export RUN WEIGHTS`, then `join` several."""

import argparse
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import onnx

from training.bar_choice.fit import write_bar_choice
from training.count_rhythms import write_rhythms
from training.fit_bar_hypotheses import write_bar_weights
from training.fit_levels import write_levels
from training.train import train
from training.weights.average import join
from training.weights.eight_bit import compact
from training.weights.export import export

Parser = argparse.ArgumentParser
CONFIG = Path(__file__).parent / "config" / "reader.toml"
# Commands that learn from DATA without a run, with their purposes.
FITS: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "rhythms": (write_rhythms, "count how the rhythms of DATA go on"),
    "bar-choice": (write_bar_choice, "fit what speaks for bars in plain music"),
    "levels": (write_levels, "fit which level of the pulse is the beat"),
    "bars": (write_bar_weights, "fit which beats and bars free playing has"),
}


def main() -> None:
    """Train the weights, or export those of a run."""
    given = _parser().parse_args()
    given.act(given)


def _parser() -> Parser:
    parser = Parser(prog="training", description="Learn the reader's weights.")
    commands = parser.add_subparsers(required=True)

    def add(name: str, act: Callable[[argparse.Namespace], None], purpose: str) -> Parser:
        command = commands.add_parser(name, help=purpose)
        command.set_defaults(act=act)
        return command

    purpose = "learn from DATA; checkpoints and log go to RUN, where a broken run goes on"
    command = add("train", lambda given: train(_config(given), given.data, given.run), purpose)
    command.add_argument("data", type=Path)
    command.add_argument("run", type=Path)
    command.add_argument("--config", type=Path, default=CONFIG)
    purpose = "write the weights of RUN as ONNX"
    command = add("export", lambda given: export(_config(given), given.run, given.weights), purpose)
    command.add_argument("run", type=Path)
    command.add_argument("weights", type=Path)
    command.add_argument("--config", type=Path, default=CONFIG)
    command = add("join", _join, "write the mean answers of several READERs as one")
    command.add_argument("shares", type=Path, help="the shares of the readers, by question")
    command.add_argument("weights", type=Path)
    command.add_argument("readers", type=Path, nargs="+", help="weights that `export` wrote")
    command = add("compact", _compact, "write what `export` wrote in a quarter of it")
    command.add_argument("whole", type=Path)
    command.add_argument("weights", type=Path)
    for name, (write, purpose) in FITS.items():
        command = add(name, partial(_fit, write), purpose)
        command.add_argument("data", type=Path)
        command.add_argument("found", type=Path, help="the file to write")
    return parser


def _fit(write: Callable[[Path, Path], None], given: argparse.Namespace) -> None:
    write(given.data, given.found)


def _config(given: argparse.Namespace) -> dict[str, Any]:
    return tomllib.loads(given.config.read_text())


def _join(given: argparse.Namespace) -> None:
    join(given.readers, tomllib.loads(given.shares.read_text()), given.weights)


def _compact(given: argparse.Namespace) -> None:
    onnx.save(compact(onnx.load(str(given.whole))), str(given.weights))


if __name__ == "__main__":
    main()
