import { Hono } from "hono";

const users = new Hono()
  .get("/", (c) => c.json(store.all()))
  .put("/", async (c) => {
    const { user } = c.var;
    if (!user) return c.text("Unauthorized", 401);
    return c.json(await store.add(await c.req.json()));
  })
  .post("/", async (c) => {
    const user = c.get("user");
    if (!user) return c.text("Unauthorized", 401);
    return c.json(await store.add(await c.req.json()));
  })
  .patch("/", async (c) => {
    const theme = c.get("theme");
    if (!theme) return c.text("no theme", 400);
    return c.json(await store.add(await c.req.json()));
  });
export default users;
