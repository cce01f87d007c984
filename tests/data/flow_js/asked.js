// What a function gives that asks the schema which it is given.
const { see } = require("probe");
const express = require("express");
const { z } = require("zod");
const Joi = require("joi");
const app = express();
const S = z.object({ n: z.number(), s: z.string() });
const validate = (payload, schema) => {
  try {
    if ("extend" in schema) {
      return schema.extend({ token: z.string().optional() }).parse(payload);
    }
    return schema.parse(payload);
  } catch (e) {
    throw new Error("bad", { cause: e });
  }
};
app.get("/zod", (req, res) => {
  const d = validate(req.body, S);
  see(d.n); // $ type=int
  see(d.s); // $ clear=lookup clear=nosql open type=str untrusted
});
async function given(schema, data = {}) {
  const { error, value } = schema.validate(data);
  if (error) throw new Error("no");
  return value;
}
const handedOn = (data, schema) => given(schema, data);
const J = Joi.object({ a: Joi.string().alphanum().required(), b: Joi.string() });
app.get("/joi", async (req, res) => {
  const d = await handedOn(req.body, J);
  see(d.a); // $ made
  see(d.b); // $ clear=lookup clear=nosql open type=str untrusted
});
function ensure(schema, data) {
  const { error } = schema.validate(data);
  if (error) throw new Error("no");
}
function told(schema, data) {
  const { error } = schema.validate(data);
  if (error) console.log("no");
}
function sometimes(schema, data) {
  if (app.get("fast")) return;
  schema.parse(data);
}
app.get("/own", (req, res) => {
  told(J, req.body);
  see(req.body.a); // $ api=express.Request.body.a open untrusted
  sometimes(S, req.body);
  see(req.body.n); // $ api=express.Request.body.n open untrusted
  ensure(J, req.body);
  see(req.body.a); // $ made
});
class Reader {
  read(schema, data) {
    return this.checked(schema.parse(data));
  }
  checked(data) {
    return data;
  }
}
app.get("/method", (req, res) => {
  see(new Reader().read(S, req.query).n); // $ type=int
});
app.get("/any", (req, res) => {
  see(validate(req.body, z.object({ x: z.any() })).x); // $ api=express.Request.body.x open untrusted
});
const curried = (schema) => (data) => schema.parse(data);
const readItem = curried(S);
app.get("/curried", (req, res) => {
  see(curried(S)(req.body).n); // $ type=int
  see(readItem(req.body).n); // $ type=int
  see(curried(z.object({ x: z.any() }))(req.body).x); // $ api=express.Request.body.x open untrusted
});
class Kept {
  constructor(schema) {
    this.schema = schema;
  }
  read(data) {
    return this.schema.parse(data);
  }
}
app.get("/kept", (req, res) => {
  see(new Kept(S).read(req.query).n); // $ type=int
});
