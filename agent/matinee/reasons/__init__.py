"""What a reason says and what it rests on, from a model's text to sentences that stand."""
