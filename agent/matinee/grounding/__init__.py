"""From a model's text to picks that stand: parse, match, check, cite."""
