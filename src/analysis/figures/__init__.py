"""Results to maps, charts and tables that carry title, alt text, source and numbers."""
