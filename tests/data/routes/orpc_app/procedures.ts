import { oo } from "@orpc/openapi";
import { ORPCError, os as base } from "@orpc/server";

export const os = base.$context<{ user?: { id: string; role: string } }>();

export const open = os;

const signedIn = os.middleware(async ({ context, next }) => {
  if (!context.user) {
    throw new ORPCError("UNAUTHORIZED");
  }
  return next({ context: { user: context.user } });
});

export const authenticated = os.use(signedIn);

const required = oo.spec(
  os.middleware(async ({ next, context }) => {
    const user = await context.authenticate();
    if (user) {
      return next({ context: { user } });
    }
    throw new ORPCError("UNAUTHORIZED", { message: "sign in" });
  }),
  { security: [{ bearer: [] }] },
);

export const private_ = os.use(required);
