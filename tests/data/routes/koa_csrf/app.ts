import Koa from "koa";
import Router from "koa-router";

class HttpError extends Error {
  constructor(public status: number, message: string) {
    super(message);
  }
}

function parseAuthentication(ctx) {
  const value = ctx.headers.authorization;
  if (value && !value.startsWith("Bearer ")) throw new HttpError(401, "malformed");
  return value ? "header" : "cookie";
}

function verifyCSRFToken() {
  return async function verifyCSRFTokenMiddleware(ctx, next) {
    if (parseAuthentication(ctx) !== "cookie") return next();
    if (!ctx.cookies.get("csrf")) throw new HttpError(403, "no token");
    await next();
  };
}

function auth() {
  return async function authMiddleware(ctx, next) {
    if (!ctx.state.user) throw new HttpError(401, "who are you");
    await next();
  };
}

const router = new Router();
router.post("/pins.list", async (ctx) => {
  ctx.body = [];
});
router.post("/pins.create", auth(), async (ctx) => {
  ctx.body = {};
});

const app = new Koa();
app.use(verifyCSRFToken());
app.use(router.routes());
app.listen(3000);
