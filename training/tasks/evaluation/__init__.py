"""How well a network answers: its answers come in, figures go out."""
