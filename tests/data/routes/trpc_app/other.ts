import { protectedProcedure } from "./trpc";

export const other = { whoami: protectedProcedure.query(({ ctx }) => ctx.user) };
