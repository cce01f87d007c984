import { Request } from "express";
import { read } from "./tokens";

export async function expressAuthentication(request: Request, securityName: string, scopes?: string[]): Promise<object> {
  if (securityName === "jwt") {
    const token = request.headers["authorization"];
    if (!token) {
      throw new Error("No token provided");
    }
    return read(token, scopes);
  }
  throw new Error("unknown scheme");
}
