const Hapi = require("@hapi/hapi");
const Joi = require("joi");
const orders = require("./orders");

const start = async () => {
  const server = Hapi.server({ port: 3000 });
  server.auth.strategy("jwt", "jwt", { keys: process.env.KEY });
  server.route({ method: "GET", path: "/before", handler: () => store.all() });
  server.auth.default({ strategy: "jwt", mode: "required" });
  server.ext("onPreHandler", (request, h) => {
    audit(request.path);
    return h.continue;
  });
  server.route([
    { method: ["PUT", "POST"], path: "/items/{id}", options: { validate: { payload: Joi.object({ a: Joi.string() }) } }, handler: change },
    { method: "*", path: "/{any*}", options: { auth: false, handler: () => "nothing here" } },
  ]);
  server.route({ method: "POST", path: "/maybe", config: { auth: { mode: "try" } }, handler: change });
  server.route({ method: "POST", path: "/admin", options: { auth: { access: { scope: ["admin"] }, scope: ["admin"] } }, handler: change });
  server.route({ method: "POST", path: "/pre", options: { auth: false, pre: [[{ method: keyed, assign: "key" }]] }, handler: change });
  server.route({ method: "GET", path: "/files/{name}", options: () => ({ auth: "basic" }), handler: { directory: { path: "public" } } });
  await server.register([{ plugin: orders, options: {}, routes: { prefix: "/orders" } }]);
  await server.start();
};
start();

function keyed(request, h) {
  if (request.headers["x-api-key"] !== process.env.API_KEY) {
    return h.response({ error: "no key" }).code(401).takeover();
  }
  return true;
}
async function change(request) {
  return store.change(request.params.id, request.payload);
}
