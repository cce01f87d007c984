const Koa = require("koa");
const Router = require("@koa/router");
const compose = require("koa-compose");

async function withToken(ctx, next) {
  const payload = ctx.state.authJWTPayload;
  if (!payload) {
    await next();
    return;
  }
  ctx.state.user = await ctx.app.users.of(payload.id);
  if (!ctx.state.user) ctx.throw(401);
  await next();
}

const authRequired = () => async (ctx, next) => {
  if (!ctx.state.user) ctx.throw(401);
  await next();
};

const create = compose([
  authRequired(),
  async (ctx) => {
    ctx.body = await ctx.app.posts.create(ctx.request.body);
  },
]);

class Comments {
  static remove = compose([
    authRequired(),
    async (ctx) => {
      ctx.body = await ctx.app.comments.remove(ctx.params.id);
    },
  ]);

  static read = compose([
    async (ctx) => {
      ctx.body = await ctx.app.comments.get(ctx.params.id);
    },
  ]);
}

const router = new Router();
router.use(withToken);
router.post("/posts", create);
router.delete("/comments/:id", Comments.remove);
router.get("/comments/:id", Comments.read);

const app = new Koa();
app.use(router.routes());
