import { createRouter, merge, publicProcedure } from "./trpc";
import { posts } from "./posts";
import { other } from "./other";

const health = createRouter({ ping: publicProcedure.query(() => "pong") });
export const appRouter = merge(health, createRouter({ posts, ...other }));
