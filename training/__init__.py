"""How the reader's weights are learned: corpora, a player of scores, a network, its training."""
