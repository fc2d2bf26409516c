"""Run the command line as ``python -m studyclaims``."""

from studyclaims.cli import main

if __name__ == "__main__":
    main()
