"""The commands of the bench, and how their work is run and kept."""
