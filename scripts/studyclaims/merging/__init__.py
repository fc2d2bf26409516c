"""Merging with other knowledge graphs: reading them, finding what is one thing, grouping."""
