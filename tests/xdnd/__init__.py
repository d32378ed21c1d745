"""Real drops: between two processes on an X server of their own."""
