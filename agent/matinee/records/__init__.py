"""What is on record about films beyond the rows of any catalogue: lists of facts, and how films are found in them."""
