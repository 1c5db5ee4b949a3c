"""How text is taken apart: words, stems, sentences, and which language it is in."""
