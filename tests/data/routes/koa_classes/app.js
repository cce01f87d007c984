const Koa = require("koa");
const Router = require("@koa/router");
const mount = require("koa-mount");

class Server extends Koa {
  constructor() {
    super();
    this.use(signedIn);
    this.add();
  }
  add() {
    const router = new Router({ prefix: "/v1" });
    router.post("/items", admin, async (ctx) => {
      ctx.body = await store.add(ctx.request.body);
    });
    router.get("/items", async (ctx) => {
      ctx.body = await store.all();
    });
    this.use(router.routes());
  }
}
class Plain extends Koa {}

async function signedIn(ctx, next) {
  if (!ctx.get("authorization")) ctx.throw(401);
  await next();
}
const admin = (ctx, next) => {
  ctx.assert(ctx.state.user.admin, 403);
  return next();
};

const open = new Router();
open.get("/track", (ctx) => {
  ctx.body = store.track();
});
const sub = new Plain();
sub.use(open.routes());
const outer = new Koa();
outer.use(mount("/sub", sub));
outer.use(mount("/main", new Server()));
outer.listen(3000);
