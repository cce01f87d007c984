"""Which files there are, what each is for, and which are passed over."""
