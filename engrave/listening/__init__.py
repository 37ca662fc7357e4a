"""The neural networks: a `Performance` comes in, `Evidence` goes out.

Evidence is log odds or log probabilities, one row per played note (or per beat, or per frame);
nothing is decided here.
"""
