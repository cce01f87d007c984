import { OpenAPIHandler } from "@orpc/openapi/fetch";
import { RPCHandler } from "@orpc/server/fetch";
import { notesRouter } from "./notes";

const router = { notes: notesRouter };

export const rpc = new RPCHandler(router);
export const rest = new OpenAPIHandler(router);
