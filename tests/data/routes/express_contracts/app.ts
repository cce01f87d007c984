import express from "express";
import { createExpressEndpoints, initServer } from "@ts-rest/express";
import { initContract } from "@ts-rest/core";

const c = initContract();
const contract = c.router({
  list: { method: "GET", path: "/users", responses: { 200: c.type<string[]>() } },
  remove: { method: "DELETE", path: "/users/:id", responses: { 204: c.type<void>() } },
});
const open = c.router({ status: { method: "GET", path: "/numbers", responses: { 200: c.type<string>() } } });

const app = express();
const s = initServer();

function signedIn(req, res, next) {
  if (!req.headers.authorization) return res.status(401).end();
  next();
}

function onlyAdmins(req, res, next) {
  if (!req.user.isAdmin) return res.status(403).end();
  next();
}

const router = s.router(contract, {
  list: async function list() {
    return { status: 200, body: [] };
  },
  remove: {
    middleware: [onlyAdmins],
    handler: async function remove({ params }) {
      return { status: 204, body: undefined };
    },
  },
});

createExpressEndpoints(open, { status: async function status() { return { status: 200, body: "1" }; } }, app);
createExpressEndpoints(contract, router, app, { globalMiddleware: [signedIn] });
