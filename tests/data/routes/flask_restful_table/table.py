"""A long table of resources, each handed whole to what registers it."""

from flask_restful import Resource


class Users(Resource):
    def get(self):
        return []


class Notes(Resource):
    def post(self):
        return {}


class Many(Resource):
    def get(self):
        return {}


ROUTES = [
    (Users, "/users/"),
    (Notes, "/notes/", "/notes/new/"),
    (Many, "/many/00/"),
    (Many, "/many/01/"),
    (Many, "/many/02/"),
    (Many, "/many/03/"),
    (Many, "/many/04/"),
    (Many, "/many/05/"),
    (Many, "/many/06/"),
    (Many, "/many/07/"),
    (Many, "/many/08/"),
    (Many, "/many/09/"),
    (Many, "/many/10/"),
    (Many, "/many/11/"),
    (Many, "/many/12/"),
    (Many, "/many/13/"),
    (Many, "/many/14/"),
    (Many, "/many/15/"),
    (Many, "/many/16/"),
    (Many, "/many/17/"),
    (Many, "/many/18/"),
    (Many, "/many/19/"),
    (Many, "/many/20/"),
    (Many, "/many/21/"),
    (Many, "/many/22/"),
    (Many, "/many/23/"),
    (Many, "/many/24/"),
    (Many, "/many/25/"),
    (Many, "/many/26/"),
    (Many, "/many/27/"),
    (Many, "/many/28/"),
    (Many, "/many/29/"),
    (Many, "/many/30/"),
    (Many, "/many/31/"),
    (Many, "/many/32/"),
    (Many, "/many/33/"),
    (Many, "/many/34/"),
    (Many, "/many/35/"),
    (Many, "/many/36/"),
    (Many, "/many/37/"),
    (Many, "/many/38/"),
    (Many, "/many/39/"),
    (Many, "/many/40/"),
    (Many, "/many/41/"),
    (Many, "/many/42/"),
    (Many, "/many/43/"),
    (Many, "/many/44/"),
    (Many, "/many/45/"),
    (Many, "/many/46/"),
    (Many, "/many/47/"),
    (Many, "/many/48/"),
    (Many, "/many/49/"),
    (Many, "/many/50/"),
    (Many, "/many/51/"),
    (Many, "/many/52/"),
    (Many, "/many/53/"),
    (Many, "/many/54/"),
    (Many, "/many/55/"),
    (Many, "/many/56/"),
    (Many, "/many/57/"),
    (Many, "/many/58/"),
    (Many, "/many/59/"),
    (Many, "/many/60/"),
    (Many, "/many/61/"),
    (Many, "/many/62/"),
    (Many, "/many/63/"),
    (Many, "/many/64/"),
    (Many, "/many/65/"),
    (Many, "/many/66/"),
    (Many, "/many/67/"),
    (Many, "/many/68/"),
    (Many, "/many/69/"),
]
