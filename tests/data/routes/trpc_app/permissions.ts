import { TRPCError } from "@trpc/server";

export async function allowed(ctx: { session: { user: { role: string } } | null }, right: string): Promise<void> {
  if (ctx.session?.user.role !== right) {
    throw new TRPCError({ code: "FORBIDDEN" });
  }
}
