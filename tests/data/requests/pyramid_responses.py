from pyramid.view import view_config


@view_config(route_name="a")
def page(request):
    request.response.text = "<b>" + request.params["n"]  # $ alert
    return request.response


@view_config(route_name="b")
def plain(request):
    request.response.content_type = "text/plain"
    request.response.text = "<b>" + request.params["n"]
    return request.response
