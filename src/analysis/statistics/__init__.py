"""Tables in, tables out: no file, no geometry, no plot."""
