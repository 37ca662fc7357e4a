"""Pages: true scores and what systems write, with the key press of each note."""
