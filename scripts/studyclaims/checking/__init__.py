"""What a record must hold beyond its form: signs, units, times, terms, sources."""
