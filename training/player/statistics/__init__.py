"""How people play, measured: aligned performances come in, tables go out."""
