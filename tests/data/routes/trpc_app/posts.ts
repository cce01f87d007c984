import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { adminProcedure, attached, createRouter, permitted, protectedProcedure, publicProcedure } from "./trpc";

const comments = createRouter({
  list: publicProcedure.input(z.object({ post: z.string() })).query(({ input }) => [input.post]),
  add: protectedProcedure
    .input(z.object({ text: z.string() }))
    .output(z.string())
    .mutation(async ({ input }) => input.text),
});

export const posts = createRouter({
  all: publicProcedure.query(() => []),
  mine: attached.query(({ ctx }) => ctx.user),
  own: publicProcedure.query(({ ctx }) => {
    if (!ctx.session) {
      throw new TRPCError({ code: "UNAUTHORIZED" });
    }
    return ctx.session.user;
  }),
  remove: adminProcedure.input(z.string()).mutation(async ({ input }) => input),
  publish: permitted("publisher").mutation(async () => true),
  watch: protectedProcedure.subscription(async function* () {
    yield 1;
  }),
  comments,
});
