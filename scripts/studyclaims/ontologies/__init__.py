"""Outside ontologies and our own vocabulary: slices, look-up, mappings, OWL."""
