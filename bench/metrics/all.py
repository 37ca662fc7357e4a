"""All figures of one page against the true score, each under its name; shares in percent.

Readability figures say something of a page alone; beside each stands that of the true score.
"""

from dataclasses import asdict

from bench.metrics.beats import beat_figures
from bench.metrics.meter import meter_figures
from bench.metrics.muster import Pairs, muster
from bench.metrics.voices import voice_figures
from bench.pages.page import Page

# Continuity under the names that it has in the literature; the rest is called as it is.
NAMES = {
    **{"beat_CMLt": "cmlt", "beat_AMLt": "amlt"},
    **{"downbeat_CMLt": "downbeat_cmlt", "downbeat_AMLt": "downbeat_amlt"},
}


def compare(truth: Page, estimate: Page, pairs: Pairs) -> dict[str, float | None]:
    """The figures of `estimate`, given which of its notes writes which true note."""
    errors = muster(truth, estimate, pairs)
    shares = asdict(meter_figures(truth, estimate, pairs))
    shares |= asdict(voice_figures(truth, estimate, pairs))
    if beats := beat_figures(truth, estimate):
        shares |= asdict(beats)
    return {
        **asdict(errors),
        "E_mean": errors.E_mean,
        **{NAMES.get(name, name): 100 * share for name, share in shares.items()},
    }
