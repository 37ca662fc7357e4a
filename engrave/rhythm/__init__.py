"""Beats, bars and note positions: seconds come in, quarter notes go out."""
