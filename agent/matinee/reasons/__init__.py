"""Reasons: reads what a chat model writes of films, checks it sentence by sentence, and writes reasons without one."""
