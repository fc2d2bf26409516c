"""Claims side by side: who says what for and against, and what two studies meet in."""
