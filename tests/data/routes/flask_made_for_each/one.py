from factory import make

one_bp = make("one", "/one")
