"""The pedals: depths in seconds come in, marks in quarter notes go out."""
