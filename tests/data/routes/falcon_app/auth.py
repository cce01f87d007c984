import falcon


def signed_in(req, resp, resource, params):
    token = req.get_header("Authorization")
    if token is None:
        raise falcon.HTTPUnauthorized()


def admins_only(req, resp, resource, params):
    if req.context.user.role != "admin":
        raise falcon.HTTPForbidden()


class KeyCheck:
    def process_request(self, req, resp):
        if req.path == "/healthz":
            return
        if req.get_header("X-Api-Key") != self.key():
            raise falcon.HTTPUnauthorized()

    def process_response(self, req, resp, resource, req_succeeded):
        resp.set_header("X-Done", "1")

    def key(self):
        return "from the settings"


class UnlessOpen:
    def process_resource(self, req, resp, resource, params):
        self.unless_open(req, resource)

    def unless_open(self, req, resource):
        method = req.method
        if getattr(resource, "open_to_all", False) and method == "GET":
            return
        if req.context.get("user") is None:
            raise falcon.HTTPUnauthorized()


class SignsAnswers:
    def process_response(self, req, resp, resource, req_succeeded):
        resp.set_header("X-Done", "1")
