import { initTRPC, TRPCError } from "@trpc/server";
import { allowed } from "./permissions";

interface Context {
  session: { user: { id: string; role: string } } | null;
}

const t = initTRPC.context<Context>().create({ errorFormatter: ({ shape }) => shape });

export const createRouter = t.router;
export const merge = t.mergeRouters;
export const publicProcedure = t.procedure;

const timed = t.middleware(async ({ path, next }) => {
  const start = Date.now();
  const result = await next();
  console.info(path, Date.now() - start);
  return result;
});

const signedIn = t.middleware(({ ctx, next }) => {
  if (!ctx.session || !ctx.session.user) {
    throw new TRPCError({ code: "UNAUTHORIZED" });
  }
  return next({ ctx: { user: ctx.session.user } });
});

export const timedProcedure = t.procedure.use(timed);
export const protectedProcedure = timedProcedure.use(signedIn);
export const adminProcedure = protectedProcedure.use(async (opts) => {
  const { ctx } = opts;
  if (ctx.session?.user.role !== "admin") {
    throw new TRPCError({ code: "FORBIDDEN", message: "admins only" });
  }
  return opts.next();
});

export const permitted = (right: string) =>
  protectedProcedure.use(async ({ ctx, next }) => {
    await allowed(ctx, right);
    return next();
  });

export const attached = t.procedure.use((opts) => opts.next({ ctx: { user: opts.ctx.session?.user } }));
