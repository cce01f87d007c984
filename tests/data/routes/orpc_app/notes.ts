import { z } from "zod";
import { authenticated, open, private_ } from "./procedures";
import { notes } from "./store";

export const notesRouter = {
  list: open.input(z.object({ limit: z.number().max(50) })).handler(async ({ input }) => notes.list(input.limit)),
  remove: authenticated
    .route({ method: "DELETE", path: "/notes/{id}" })
    .input(z.object({ id: z.string() }))
    .handler(async ({ input, context }) => notes.remove(input.id, context.user.id)),
  own: private_.handler(async ({ context }) => notes.of(context.user.id)),
};
