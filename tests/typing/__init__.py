"""What type checkers know of the library."""  # noqa: A005 - the subject has no other name
