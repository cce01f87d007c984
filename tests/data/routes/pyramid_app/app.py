from pyramid.config import Configurator

from routes import add_routes


def main(settings):
    with Configurator(settings=settings) as config:
        config.include(add_routes)
        config.add_route("status", "/status")
        config.add_view("views.status", route_name="status")
        config.scan()
        return config.make_wsgi_app()
