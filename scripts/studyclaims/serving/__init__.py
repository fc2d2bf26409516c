"""A read-only SPARQL 1.1 endpoint of this machine: what is asked, by whom, within which limits.

Three kinds of processes take part. The *front* (`server`, `app`) speaks HTTP and touches no query.
The *nursery* holds the store and does nothing but fork. A *worker* is such a fork: it guards, reads
and evaluates one query at a time, and may die of it; then the nursery forks another.
"""
