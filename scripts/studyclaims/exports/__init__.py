"""What leaves this package for other programs: tables for spreadsheets, and release folders."""
