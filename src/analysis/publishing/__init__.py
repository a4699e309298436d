"""A notebook and its parameters in; an executed notebook, a page, a PDF and a record out."""

import sys

# jsonschema, which nbformat imports, makes itself ready to check IRIs (for more than a second), URIs
# and durations if these packages are found; a notebook's schema has none of them.
for name in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]
