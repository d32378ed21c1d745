"""Where Qt meets threads."""
