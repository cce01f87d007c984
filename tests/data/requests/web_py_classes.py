import requests
import web

urls = ("/orders/(.*)", "Orders")


class Orders:
    def GET(self, name):
        given = web.input(url="x")
        requests.get(given.url, timeout=3)  # $ alert
        requests.get(name, timeout=3)  # $ alert
        requests.get(web.data().decode(), timeout=3)  # $ alert
        requests.get(web.ctx.env["PATH_INFO"], timeout=3)  # $ alert
        requests.get(web.cookies().get("a"), timeout=3)  # $ alert
        requests.get(web.ctx.home, timeout=3)
        raise web.seeother(given.url)  # $ alert

    def POST(self):
        given = web.input()
        if given.get("plain"):
            return web.websafe(given.name)
        return "<b>" + given.name  # $ alert

    def helper(self, url):
        requests.get(url, timeout=3)


app = web.application(urls, globals())
