"""Values, library models, concepts, and the interpreter that follows data through functions."""
