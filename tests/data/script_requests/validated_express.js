const express = require("express");
const { exec } = require("child_process");
const { z } = require("zod");
const Joi = require("joi");
const { celebrate, Segments } = require("celebrate");
const { body, param, validationResult } = require("express-validator");

const app = express();
const schemas = { one: { params: Joi.object().keys({ id: Joi.string().uuid(), name: Joi.string() }) } };

const check = (schema) => (req, res, next) => {
  const found = schema.safeParse(req.body);
  if (!found.success) return res.status(400).json({});
  next();
};

const logs = (schema) => (req, res, next) => {
  console.log(schema.safeParse(req.body));
  next();
};

const validate = (schema) => (req, res, next) => {
  const { value, error } = Joi.compile(schema).validate({ params: req.params, query: req.query, body: req.body });
  if (error) return next(new Error("400"));
  Object.assign(req, value);
  return next();
};

const catchAsync = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);

const one = catchAsync(async (req, res) => {
  exec("ls " + req.params.id);
  exec("ls " + req.params.name); // $ alert
  res.end();
});

app.post("/a", check(z.object({ id: z.string().uuid() })), (req, res) => {
  const { id } = req.body;
  exec("ls " + id);
  exec("ls " + req.body.id);
  exec("ls " + req.body.other); // $ alert
  exec("ls " + req.query.id); // $ alert
});

app.post("/logged", logs(z.object({ id: z.string().uuid() })), (req, res) => {
  exec("ls " + req.body.id); // $ alert
});

app.get("/b/:id", celebrate({ [Segments.PARAMS]: Joi.object({ id: Joi.number().required() }) }), async (req, res) => {
  exec("ls " + req.params.id);
});

app.get("/c/:id", validate(schemas.one), one);

app.get("/d/:id", [param("id").isInt(), body("name").notEmpty()], (req, res) => {
  if (!validationResult(req).isEmpty()) return res.status(400).json({});
  exec("ls " + req.params.id);
  exec("ls " + req.body.name); // $ alert
});

app.get("/e/:id", param("id").isInt(), (req, res) => {
  exec("ls " + req.params.id); // $ alert
});

function both(req, res) {
  exec("ls " + req.body.id); // $ alert
}

app.post("/f", check(z.object({ id: z.string().uuid() })), both);
app.post("/g", both);
