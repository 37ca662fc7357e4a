"""Files of users: what is read and replaced, and how a file says that engrave wrote it."""
