import Router from "@koa/router";
import { exec } from "child_process";
import express, { NextFunction, Request, Response } from "express";
import Koa from "koa";

const app = express();
const KINDS = ["up", "down"];

const number = (req: Request, res: Response, next: NextFunction) => {
  if (!/^\d+$/.test(req.params.id)) return res.status(400).end();
  next();
};

async function kind(req: Request, res: Response, next: NextFunction) {
  const { kind: asked } = req.body;
  if (typeof asked !== "string" || !KINDS.includes(asked)) {
    res.status(400).json({});
    return;
  }
  next();
}

const thrown = (req: Request, res: Response, next: NextFunction) => {
  try {
    if (isNaN(Number(req.query.size))) throw new Error("size");
    return next();
  } catch (error) {
    next(error);
  }
};

const warned = (req: Request, res: Response, next: NextFunction) => {
  if (!/^\d+$/.test(req.params.id)) console.warn("no number");
  next();
};

const seldom = (req: Request, res: Response, next: NextFunction) => {
  if (req.query.raw) return next();
  if (!/^\d+$/.test(req.params.id)) return next(new Error("no number"));
  next();
};

const converted = (req: Request, res: Response, next: NextFunction) => {
  req.query.page = String(Number(req.query.page));
  next();
};

app.get("/a/:id", number, (req, res) => void exec("ls " + req.params.id));
app.get("/a/:id/:name", number, (req, res) => void exec("ls " + req.params.name)); // $ alert
app.post("/b", [converted, kind], (req: Request, res: Response) => void exec("ls " + req.body.kind));
app.post("/c", kind, (req, res) => void exec("ls " + req.body.other)); // $ alert
app.get("/d", thrown, ({ query }, res) => void exec("ls " + query.size));
app.get("/e/:id", warned, (req, res) => void exec("ls " + req.params.id)); // $ alert
app.get("/f/:id", seldom, (req, res) => void exec("ls " + req.params.id)); // $ alert
app.get("/g", converted, (req, res) => void exec("ls " + req.query.page));

const router = express.Router();
router.param("room", (req, res, next, room) => (/^\w+$/.test(room) ? next() : res.sendStatus(404)));
router.use((req, res, next) => {
  if (!KINDS.includes(req.query.way as string)) return next(new Error("way"));
  next();
});
router.use("/some", number);
router.get("/h/:room", (req, res) => void exec("ls " + req.params.room + req.query.way));
router.get("/h/:house", (req, res) => void exec("ls " + req.params.house)); // $ alert
router.get("/i/:id", (req, res) => void exec("ls " + req.params.id)); // $ alert
app.use(router);

const koa = new Koa();
const rooms = new Router();
const first = async (ctx: Koa.Context, next: Koa.Next) => {
  if (!/^\d+$/.test(ctx.request.body.id)) ctx.throw(400);
  await next();
};
rooms.post("/j", first, async (ctx) => void exec("ls " + ctx.request.body.id));
rooms.post("/k", async (ctx) => void exec("ls " + ctx.request.body.id)); // $ alert
koa.use(rooms.routes());
