"""What does a person at a terminal see? Commands, bars, hits, the demo."""
