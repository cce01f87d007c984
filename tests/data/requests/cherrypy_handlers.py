import requests, cherrypy
class Root:
    @cherrypy.expose
    def index(self, u):
        requests.get(u, timeout=1)  # $ alert
        requests.get(cherrypy.request.params["u"], timeout=1)  # $ alert
        raise cherrypy.HTTPRedirect(u)  # $ alert
