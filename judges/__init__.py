"""Programs of others that judge what is written: MuseScore and the MusicXML schema.

Tests and the bench ask them.
"""
