"""Files of users: which are read and replaced, and how files that engrave wrote are signed."""
