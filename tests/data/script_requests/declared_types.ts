import type Koa from "koa";
import type { Context, ParameterizedContext } from "koa";
import type { Request } from "express";
import { exec } from "child_process";

type AppContext = ParameterizedContext<{ user: string }>;
type Asking = Request & { user: string };

export function whole(ctx: AppContext) {
  exec(ctx.query.name); // $ alert
}

export const both = (req: Asking) => exec(req.query.name); // $ alert

export function mine(this: Context, name: string, other: string) {
  exec(this.query.name); // $ alert
  exec(name); // $ alert
  exec(other);
}

export function use(app: Koa) {
  app.use(function (ctx) {
    mine.call(ctx, ctx.query.name, "fixed");
  });
}
