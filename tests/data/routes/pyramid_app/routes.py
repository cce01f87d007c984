def add_routes(config):
    config.add_route("home", "/")
    config.add_route("page", "/pages/{name}")
    config.add_route("account", "account")
    config.add_route("report", "/reports/{year:\\d+}")
    config.add_route("export", "/export")
    config.add_route("unused", "/unused")
    config.add_route("feed", "/feed")
