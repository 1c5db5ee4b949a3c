"""What a run tells of itself: times of its steps, traces, spans."""
