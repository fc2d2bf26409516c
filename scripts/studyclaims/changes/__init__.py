"""What differs between two graphs, claim by claim, wherever they stand."""
