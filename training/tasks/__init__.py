"""What each network learns: its examples, labels, losses and evaluation."""
