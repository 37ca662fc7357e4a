"""Who plays what: notes come in, and their hands, staves and voices go out."""
