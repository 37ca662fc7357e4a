"""Which bars music has whose beats are even: what musicians go by, weighed over all that may be."""
