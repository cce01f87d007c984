import requests, cherrypy
class Root:
    @cherrypy.expose
    def index(self, u):
        requests.get(u, timeout=1)  # $ alert
        requests.get(cherrypy.request.params["u"], timeout=1)  # $ alert
        raise cherrypy.HTTPRedirect(u)  # $ alert


class Exposed:
    def read(self, address):
        requests.get(address, timeout=1)  # $ alert

    read.exposed = True

    def kept(self, address):
        requests.get(address, timeout=1)


class Resource:
    exposed = True

    def GET(self, address):
        requests.get(address, timeout=1)  # $ alert
