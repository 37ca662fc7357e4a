"""The neural networks: a `Performance` comes in, `Evidence` goes out.

Evidence is log odds or log probabilities, a row for each played note; nothing is decided here.
"""
