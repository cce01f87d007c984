def register_view(router, routes, view_func, *args, **kwargs):
    for route in routes:
        router.add_url_rule(route, *args, view_func=view_func, **kwargs)


class IsAdmin:
    pass
