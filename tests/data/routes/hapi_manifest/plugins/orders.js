const register = function (server, serverOptions) {
  server.route({
    method: "GET",
    path: "/orders",
    options: { auth: { scope: "admin" }, pre: [{ assign: "mayList", method: mayList }] },
    handler: (request, h) => store.all(),
  });
  server.route({ method: "POST", path: "/orders", handler: (request, h) => store.add(request.payload) });
  server.route({ method: "POST", path: "/contact", options: { auth: false }, handler: (request, h) => mail(request.payload) });
};
const mayList = function (request, h) {
  if (!request.auth.credentials) throw Boom.unauthorized();
  return true;
};

module.exports = { name: "orders", register };
