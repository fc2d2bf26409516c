"""A store over HTTP that answers rightly, or wrongly in each of the ways that were ever seen."""
