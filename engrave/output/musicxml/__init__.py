"""A `Score` comes in, MusicXML 4.0 goes out; `document` writes it."""
