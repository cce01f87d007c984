"""From a `Report` to what people and machines read."""
