from shop import factory
from shop.users import mod as users_bp
from shop.orders import mod as orders_bp

BLUEPRINTS = (users_bp, orders_bp)

def create_app(config_path=None):
    app = factory.create_app(app_name=__name__, blueprints=BLUEPRINTS, config=config_path)
    return app
