def anybody(view):
    view.is_public = True
    return view


def counted(view):
    view.is_counted = True
    return view
