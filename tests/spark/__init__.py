"""A Spark standalone cluster on this machine: one master and some workers, on loopback alone."""
