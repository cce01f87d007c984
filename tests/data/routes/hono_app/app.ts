import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";
import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";
import { zValidator } from "@hono/zod-validator";
import users from "./users";

const app = new OpenAPIHono();
const api = new Hono().basePath("/v1");
const signedIn = createMiddleware(async (c, next) => {
  if (!c.req.header("Authorization")) throw new HTTPException(401, { message: "who are you?" });
  await next();
});

app.get("/open", (c) => c.text(store.all()));
app.use("/admin/*", bearerAuth({ token: process.env.TOKEN! }));
app.post("/admin/wipe", (c) => c.json(store.wipe()));
api.post("/items", zValidator("json", z.object({ n: z.number() })), (c) => c.json(store.add(c.req.valid("json"))));
api.on(["PUT", "DELETE"], "/items/:id", signedIn, (c) => c.json(store.change(c.req.param("id"))));
app.route("/api", api);
app.openapi(createRoute({ method: "post", path: "/orders", middleware: [signedIn], responses: {} }), (c) => c.json(store.order()));
app.openapi(createRoute({ method: "get", path: "/orders/{id}", responses: {} }), (c) => c.json(store.order()));
app.route("/users", users);
app.use(async (c, next) => {
  if (!c.req.header("x-api-key")) return c.json({ error: "no key" }, 401);
  await next();
});
app.all("/late", (c) => c.json(store.all()));
app.get("/both", basicAuth({ username: "a", password: process.env.PASSWORD! }), (c) => c.json(store.all()));
export default app;
