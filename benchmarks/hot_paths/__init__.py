"""Has a change made something slower? The hot paths one by one, to be compared with a baseline."""
