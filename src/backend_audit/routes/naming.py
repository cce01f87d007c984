"""What a route's handler is called, as far as that says what the route is for."""

from backend_audit.routes.intent import intent
from backend_audit.routes.model import Route

_ENTRY = "index"  # a folder's module is called like this whatever is in it


def own_name(route: Route) -> str:
    """The handler's name without the function that registers it (`register_routes`); one without a name is known by its file."""
    handler = route.handler
    if handler is None:
        return route.name
    if route.name.endswith("<anonymous>"):
        folder, _, file = handler.module.path.rpartition("/")
        stem = file.partition(".")[0]
        return stem if stem != _ENTRY else folder.rpartition("/")[2]
    around, at = handler.parent, route.registered
    if around is None or at.path != around.module.path or not around.node.at <= at.at <= around.node.end:
        return route.name
    return route.name.removeprefix(f"{around.name}.")


def intended(route: Route) -> str:
    """What a route that anybody may call is for; "" where nothing says that it is meant to be open."""
    return intent(route.path, own_name(route), route.methods)
