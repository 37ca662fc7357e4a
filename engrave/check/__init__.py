"""What every score must satisfy: a score comes in, sentences on its faults go out."""
