import fastify from "fastify";
import { fastifyPlugin } from "fastify-plugin";
import { initServer } from "@ts-rest/fastify";
import { contract } from "./contract";

const app = fastify();
const other = fastify().register(async (instance) => {
  instance.get("/chained", async function chained() {});
});
const s = initServer();

const asking = fastifyPlugin(async (instance) => {
  instance.addHook("preHandler", async (request) => {
    if (request.routeOptions.url === "/api/live") return;
    if (!request.headers.authorization) throw new UnauthorizedError();
    request.user = await find(request.headers.authorization);
  });
});

class UnauthorizedError extends Error {
  statusCode = 401;
}

async function onlyAdmins(request, reply) {
  if (!request.user.isAdmin) return reply.code(403).send();
}

const router = s.router(contract, {
  live: async function live() {
    return { status: 200, body: "ok" };
  },
  users: {
    list: async function list({ query }) {
      return { status: 200, body: [query.q] };
    },
    create: async function create({ body }) {
      return { status: 201, body: body.name };
    },
  },
  remove: {
    hooks: { preHandler: onlyAdmins },
    handler: async function remove({ params }) {
      return { status: 204, body: undefined };
    },
  },
});

app.register(asking);
app.register(s.plugin(router), { prefix: "/api" });
