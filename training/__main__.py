"""`python -m training train DATA RUN`, then `export RUN WEIGHTS`, then `join` several."""

import argparse
import tomllib
from pathlib import Path

import onnx

from training.bar_choice.fit import write_bar_choice
from training.count_rhythms import write_rhythms
from training.fit_levels import write_levels
from training.train import train
from training.weights.average import join
from training.weights.eight_bit import compact
from training.weights.export import export

CONFIG = Path(__file__).parent / "config" / "reader.toml"


def main() -> None:
    parser = argparse.ArgumentParser(prog="training", description="Learn the reader's weights.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in (
        ("train", "learn from DATA; checkpoints and log go to RUN, where a broken run goes on"),
        ("export", "write the weights of RUN as ONNX"),
    ):
        command = commands.add_parser(name, help=purpose)
        if name == "train":
            command.add_argument("data", type=Path)
        command.add_argument("run", type=Path)
        if name == "export":
            command.add_argument("weights", type=Path)
        command.add_argument("--config", type=Path, default=CONFIG)
    command = commands.add_parser("join", help="write the mean answers of several READERs as one")
    command.add_argument("shares", type=Path, help="the shares of the readers, by question")
    command.add_argument("weights", type=Path)
    command.add_argument("readers", type=Path, nargs="+", help="weights that `export` wrote")
    command = commands.add_parser("compact", help="write what `export` wrote in a quarter of it")
    command.add_argument("whole", type=Path)
    command.add_argument("weights", type=Path)
    command = commands.add_parser("rhythms", help="count how the rhythms of DATA go on")
    command.add_argument("data", type=Path)
    command.add_argument("table", type=Path)
    command = commands.add_parser("bar-choice", help="fit what speaks for bars in plain music")
    command.add_argument("data", type=Path)
    command.add_argument("table", type=Path)
    command = commands.add_parser("levels", help="fit which level of the pulse is the beat")
    command.add_argument("data", type=Path)
    command.add_argument("found", type=Path, help="the weights, and how often they are right")
    given = parser.parse_args()
    if given.command == "rhythms":
        write_rhythms(given.data, given.table)
        return
    if given.command == "bar-choice":
        write_bar_choice(given.data, given.table)
        return
    if given.command == "levels":
        write_levels(given.data, given.found)
        return
    if given.command == "compact":
        onnx.save(compact(onnx.load(str(given.whole))), str(given.weights))
        return
    if given.command == "join":
        join(given.readers, tomllib.loads(given.shares.read_text()), given.weights)
        return
    config = tomllib.loads(given.config.read_text())
    if given.command == "train":
        train(config, given.data, given.run)
    else:
        export(config, given.run, given.weights)


if __name__ == "__main__":
    main()
