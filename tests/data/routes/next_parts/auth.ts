import { NextResponse } from "next/server";
import { getServerSession } from "next-auth";
export async function requireAuth() {
  const session = await getServerSession();
  if (!session?.user) {
    return { user: null, error: NextResponse.json({ error: "Unauthorized" }, { status: 401 }) };
  }
  return { user: session.user, error: null };
}
export async function requireTuple(req) {
  const token = req.headers.get("authorization");
  if (!token) return [null, NextResponse.json({ error: "Unauthorized" }, { status: 401 })];
  return [await find(token), null];
}
export async function requireFlag(req) {
  const token = req.headers.get("authorization");
  if (!token) return { ok: false, status: 401, message: "no" };
  return { ok: true, user: await find(token) };
}
