import falcon


class Fa:
    def on_get(self, req, resp):
        n = req.params["n"]
        resp.content_type = falcon.MEDIA_HTML
        resp.text = "<b>" + n  # $ alert

    def on_post(self, req, resp):
        n = req.params["n"]
        resp.content_type = "text/html"
        resp.body = "<b>" + n  # $ alert

    def on_put(self, req, resp):
        n = req.params["n"]
        resp.text = "<b>" + n

    def on_patch(self, req, resp):
        n = req.params["n"]
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "<b>" + n
