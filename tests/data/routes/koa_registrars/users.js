exports.userRoutes = function userRoutes(...[router, { queries }]) {
  router.get('/users', async (ctx) => {
    ctx.body = await queries.all();
  });
  router.delete('/users/:id', async (ctx) => {
    await queries.remove(ctx.params.id);
    ctx.status = 204;
  });
};
