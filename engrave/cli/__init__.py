"""The commands: arguments come in; files, lines and an exit status go out."""
