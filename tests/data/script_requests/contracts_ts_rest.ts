import fastify from "fastify";
import { exec } from "child_process";
import { initContract } from "@ts-rest/core";
import { initServer } from "@ts-rest/fastify";
import { z } from "zod";

const c = initContract();
const inner = c.router({
  one: {
    method: "POST",
    path: "/one/:id",
    pathParams: z.object({ id: z.coerce.number() }),
    body: z.object({ kind: z.enum(["a", "b"]), name: z.string() }),
    responses: { 200: z.string() },
  },
});
const contract = c.router({ inner, two: { method: "GET", path: "/two", responses: { 200: c.type<string>() } } });

const s = initServer();
const router = s.router(contract, {
  inner: {
    one: async ({ body, params }) => {
      exec("ls " + params.id + body.kind);
      exec("ls " + body.name); // $ alert
      return { status: 200, body: "" };
    },
  },
  two: async (request) => {
    exec("ls " + request.query.free); // $ alert
    return { status: 200, body: "" };
  },
});
fastify().register(s.plugin(router));
