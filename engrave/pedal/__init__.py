"""The pedals: depths (0-127) in seconds come in, marks in quarter notes go out."""
