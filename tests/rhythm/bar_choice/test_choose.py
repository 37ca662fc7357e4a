"""Beat, meter and barlines of steady playing are chosen together; what is written comes first."""

import numpy as np
import pytest

from engrave.listening.first_pass import listen
from engrave.midi.read import read_midi
from engrave.music.grid import Pulse
from engrave.rhythm.bar_choice.choose import choose_steady_bars
from samples.tunes import midi_of
from tests.support.plain import TUNES

BEAT = 60 / 96


@pytest.fixture(scope="module")
def waltz(tmp_path_factory):
    """A waltz at 96, steadily, and what the reader hears."""
    file = tmp_path_factory.mktemp("waltz") / "waltz.mid"
    file.write_bytes(midi_of(TUNES["silent night"], 96, 0.012, says=120))
    performance = read_midi(file)
    return performance, listen(performance, "free")


def pulse_of(performance, seconds: float) -> Pulse:
    first, last = performance.notes[0].onset, performance.notes[-1].onset
    times = np.arange(first, last + seconds, seconds)
    return Pulse(times, np.zeros(len(times), bool))


@pytest.mark.parametrize("speed", [1, 2, 1 / 3])
def test_a_waltz_is_one_at_whatever_speed_its_pulse_was_followed(waltz, speed):
    performance, evidence = waltz
    found = choose_steady_bars(performance, evidence, pulse_of(performance, BEAT / speed))
    assert found and found.kind == (3, False)
    assert np.median(np.diff(found.pulse.times)) == pytest.approx(BEAT, rel=0.03)
    assert found.index[0] == 0 and len(found.index) == len(found.pulse.times)


def test_what_is_written_is_the_likeliest_and_comes_first(waltz):
    performance, evidence = waltz
    found = choose_steady_bars(performance, evidence, pulse_of(performance, BEAT))
    assert found
    for shares, written in ((found.speeds, 1), (found.meters, found.kind), (found.shifts, 0)):
        assert next(iter(shares)) == written
        assert sum(shares.values()) == pytest.approx(1)
