const Koa = require('koa');
const Router = require('@koa/router');
const { userRoutes } = require('./users');

const app = new Koa();
const router = new Router({ prefix: '/api' });

const requireUser = async (ctx, next) => {
  if (!ctx.state.user) ctx.throw(401);
  await next();
};

router.use(requireUser);
userRoutes(router, { queries: {} });
app.use(router.routes());
app.listen(3000);
