"""What a person reads of a graph: names, pages, the table of claims."""
