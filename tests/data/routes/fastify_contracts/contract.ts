import { initContract } from "@ts-rest/core";
import { z } from "zod";

const c = initContract();

const users = c.router({
  list: { method: "GET", path: "/users", query: z.object({ q: z.string() }), responses: { 200: z.array(z.string()) } },
  create: { method: "POST", path: "/users", body: z.object({ name: z.string() }), responses: { 201: z.string() } },
}, { pathPrefix: "/v1" });

export const contract = c.router({
  live: { method: "GET", path: "/live", responses: { 200: z.string() } },
  users,
  remove: { method: "DELETE", path: "/users/:id", responses: { 204: z.undefined() } },
});
