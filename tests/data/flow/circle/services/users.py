def create_user(name):
    return name
