const Koa = require("koa");
const Router = require("@koa/router");

const OPEN = [new RegExp("^/v1/open/.+"), "/v1/login"];

const app = new Koa();
const v1 = new Router({ prefix: "/v1" });
const users = new Router();

app.use(async (ctx, next) => {
  const open = OPEN.some((one) => (typeof one === "string" ? one === ctx.path : one.test(ctx.path)));
  if (!open && !ctx.state.user) ctx.throw(401, "log in first");
  await next();
});

users.prefix("/users");
users.get("all", "/", async (ctx) => {
  ctx.body = [];
});
users.use(async (ctx, next) => {
  if (ctx.state.user.role !== "admin") ctx.throw(403);
  await next();
});
users.del("/:id", async (ctx) => {
  ctx.body = {};
});
v1.post("/login", async (ctx) => {
  ctx.body = {};
});
v1.get("/open/news", async (ctx) => {
  ctx.body = [];
});
v1.use(users.routes());
app.use(v1.routes()).use(v1.allowedMethods());
app.listen(3000);
