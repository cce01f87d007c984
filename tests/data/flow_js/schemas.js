// What schemas let through, in their answers and under the data's own name.
const { see } = require("probe");
const express = require("express");
const { z } = require("zod");
const Joi = require("joi");
const app = express();
const S = z.object({ n: z.number(), c: z.coerce.number().optional().default(1), s: z.string().min(1), e: z.enum(["a", "b"]), u: z.string().uuid(), list: z.array(z.string()), r: z.string().regex(/^\w+$/), l: z.union([z.literal("x"), z.literal("y")]), content: z.string().url().or(z.string().min(1)) });
app.get("/own", (req, res) => {
  const d = S.parse(req.body);
  see(d.n); // $ type=int
  see(d.c); // $ const=1 type=int
  see(d.e); // $ const="a" const="b"
  see(d.u); // $ made
  see(d.r); // $ clear=all clear=lookup clear=nosql open type=str untrusted
  see(d.l); // $ const="x" const="y"
  see(d.s); // $ clear=lookup clear=nosql open type=str untrusted
  see(d.list[0]); // $ clear=lookup clear=nosql open type=str untrusted
  see(d.content); // $ clear=lookup clear=nosql open type=str untrusted
  see(req.body.u); // $ made
  see(req.body.zzz); // $ api=express.Request.body.zzz open untrusted
});
app.get("/own", (req, res) => {
  const r = S.safeParse(req.body);
  if (!r.success) return;
  const { s, u } = r.data;
  see(s); // $ clear=lookup clear=nosql open type=str untrusted
  see(u); // $ made
});
const J = Joi.object({ a: Joi.string().alphanum().required(), b: Joi.string(), c: Joi.string().valid("p", "q") });
app.get("/joi", (req, res) => {
  const { error, value } = J.validate(req.body);
  see(value.a); // $ made
  see(value.b); // $ clear=lookup clear=nosql open type=str untrusted
  see(value.c); // $ const="p" const="q"
  if (error) return;
  see(req.body.a); // $ made
  see(req.body.b); // $ clear=lookup clear=nosql open type=str untrusted
  see(req.body.c); // $ const="p" const="q"
});
const Ajv = require("ajv");
const ajv = new Ajv();
const okay = ajv.compile({ type: "object", properties: { n: { type: "integer" }, e: { enum: ["a", "b"] }, u: { type: "string", format: "uuid" }, s: { type: "string" } }, required: ["n"] });
app.post("/ajv", (req, res) => {
  if (!okay(req.body)) return res.status(400).json(okay.errors);
  see(req.body.n); // $ type=int
  see(req.body.e); // $ made
  see(req.body.s); // $ clear=lookup clear=nosql open type=str untrusted
});
app.post("/ajv/own", (req, res) => {
  const valid = ajv.validate({ type: "object", properties: { n: { type: "number" } } }, req.body);
  see(req.body.n); // $ api=express.Request.body.n open untrusted
  if (valid) see(req.body.n); // $ type=int
});
app.get("/files/:number([0-9]+)/:name", (req, res) => {
  see(req.params.number); // $ clear=all clear=lookup clear=nosql open type=str untrusted
  see(req.params.name); // $ open untrusted
});
const { Hono } = require("hono");
const { zValidator } = require("@hono/zod-validator");
const hono = new Hono();
hono.post("/hono/:id", zValidator("json", z.object({ n: z.number(), s: z.string() })), (c) => {
  const body = c.req.valid("json");
  see(body.n); // $ type=int
  see(body.s); // $ clear=lookup clear=nosql open type=str untrusted
  see(c.req.param("id")); // $ open type=hono.Request.param() untrusted
});
