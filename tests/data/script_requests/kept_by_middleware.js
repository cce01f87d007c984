const express = require("express");
const Koa = require("koa");
const Router = require("@koa/router");
const { exec } = require("child_process");
const { z } = require("zod");
const { titleOf } = require("titles");

const app = express();
const koa = new Koa();
const router = new Router();
const whole = z.object({ body: z.object({ name: z.string(), count: z.number(), id: z.string().uuid() }) });
const body = z.object({ name: z.string(), count: z.number() });

const parsed = (schema) => async (req, res, next) => {
  req.kept = await schema.parseAsync(req.body);
  next();
};

const asked = (schema) => (req, res, next) => {
  const { error, value } = schema.safeParse(req.body);
  if (error) return res.status(400).json({});
  res.locals.kept = value;
  next();
};

const noted = (req, res, next) => {
  req.loose = { ...req.query, title: titleOf(app) };
  next();
};

app.post("/a", parsed(body), asked(body), noted, (req, res) => {
  exec("ls " + req.kept.name); // $ alert
  exec("ls " + req.kept.count);
  exec("ls " + res.locals.kept.name); // $ alert
  exec("ls " + res.locals.kept.count);
  exec("ls " + req.loose.count); // $ alert
  exec("ls " + req.loose.title);
});

function validate(schema) {
  return async function validateMiddleware(ctx, next) {
    try {
      ctx.input = { ...ctx.input, ...schema.parse(ctx.request) };
    } catch (err) {
      ctx.throw(400, err);
    }
    return next();
  };
}

const copied = (ctx, next) => {
  ctx.state.copy = { ...ctx.request, at: "now" };
  return next();
};

router.post("/b", validate(whole), copied, async (ctx) => {
  const { name, count, id } = ctx.input.body;
  exec("ls " + name); // $ alert
  exec("ls " + count);
  exec("ls " + id);
  exec("ls " + ctx.state.copy.body.name); // $ alert
  exec("ls " + ctx.state.copy.at);
  exec("ls " + ctx.request.body.count);
});

router.post("/c", copied, async (ctx) => {
  exec("ls " + ctx.request.body.count); // $ alert
});

koa.use(router.routes());
