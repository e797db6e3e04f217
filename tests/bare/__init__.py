"""What is tried in environments that have searchlib and nothing else."""
