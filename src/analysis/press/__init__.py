"""A notebook and its parameters in; an executed notebook, a page, a PDF and a record out."""

import sys

# jsonschema, which nbformat imports, builds a grammar for IRIs for more than a second if this
# package is found; no notebook's schema has an IRI.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
