"""What programs that are started by a launcher import of it."""
