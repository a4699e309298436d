"""What the report says: numbers in, Swedish sentences from the patterns in *.md.j2 out."""
