exports.plugin = {
  name: "orders",
  register: async (server, options) => {
    server.route({ method: "POST", path: "/", options: { auth: false }, handler: async (request) => store.add(request.payload) });
    server.route({ method: "DELETE", path: "/{id}", handler: async (request) => store.remove(request.params.id) });
  },
};
