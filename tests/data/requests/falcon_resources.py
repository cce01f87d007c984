import requests, falcon
class R:
    def on_get(self, req, resp, name):
        requests.get(req.get_param("u"), timeout=1)  # $ alert
        requests.get(name, timeout=1)  # $ alert
        requests.get(req.media["u"], timeout=1)  # $ alert
        raise falcon.HTTPFound(req.params["n"])  # $ alert
