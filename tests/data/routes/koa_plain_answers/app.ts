import * as Koa from "koa";
import * as Router from "koa-router";
import * as session from "koa-generic-session";

const inTestMode = process.env.TEST_MODE === "true";
const lenient = process.env.CHECKS === "lenient";
const app = new Koa();
app.use(session({}));
const router = new Router();

async function plain(ctx, next) {
  if (!ctx.session || !ctx.session.id) {
    ctx.body = { isOk: false, errMsg: "need login" };
  } else {
    await next();
  }
}
async function unlessTesting(ctx, next) {
  if (!inTestMode && (!ctx.session || !ctx.session.id)) {
    ctx.body = { isOk: false, errMsg: "need login" };
  } else {
    await next();
  }
}
async function unlessLenient(ctx, next) {
  if (!lenient && !ctx.session.id) {
    ctx.body = { isOk: false, errMsg: "need login" };
  } else {
    await next();
  }
}
async function greets(ctx, next) {
  if (!ctx.session.id) {
    ctx.greeting = "Hello";
  }
  await next();
}

router.get("/plain", plain, async (ctx) => {
  ctx.body = await orders();
});
router.get("/testing", unlessTesting, async (ctx) => {
  ctx.body = await orders();
});
router.get("/lenient", unlessLenient, async (ctx) => {
  ctx.body = await orders();
});
router.get("/greets", greets, async (ctx) => {
  ctx.body = await orders();
});
router.get("/inside", async (ctx) => {
  if (!ctx.session.id) {
    ctx.body = NOT_LOGGED_IN;
    return;
  }
  ctx.body = await orders();
});
router.get("/some", async (ctx) => {
  if (!ctx.session.id) {
    ctx.body = await publicOrders();
    return;
  }
  ctx.body = await orders();
});
router.get("/lost", async (ctx) => {
  if (!ctx.cookies.get("session")) {
    ctx.status = 404;
    return;
  }
  ctx.body = await orders();
});
app.use(router.routes());
app.listen(3000);
