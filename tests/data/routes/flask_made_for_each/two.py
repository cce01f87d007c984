from factory import make

two_bp = make("two", "/two")
