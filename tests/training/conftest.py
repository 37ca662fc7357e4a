"""A small data folder to train on."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.bench_folder import lay_out
from training.data.corpora import SCORE_FIELDS


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Samples as a data folder: what is trained on and validated on are the same here."""
    folder = tmp_path_factory.mktemp("data")
    for part in ("train", "validation"):
        lay_out(folder / "nasap" / part, ["march", "greensleeves"])
    with np.load(folder / "nasap" / "train" / "performed.npz") as performed:
        fields = {k: v for k, v in performed.items() if k.removeprefix("d_") in SCORE_FIELDS.names}
    (folder / "lieder").mkdir()
    np.savez(folder / "lieder" / "notes.npz", **fields)
    (folder / "lieder" / "scores.csv").write_text("score,note_start,note_stop\na,0,100\n")
    return folder
