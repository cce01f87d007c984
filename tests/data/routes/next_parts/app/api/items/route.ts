import { NextResponse } from "next/server";
import { requireAuth, requireTuple, requireFlag } from "../../../auth";
import { db } from "../../../db";
export async function POST(req: Request) {
  const { user, error } = await requireAuth();
  if (error) return error;
  await db.item.create({ data: await req.json() });
  return NextResponse.json({});
}
export async function PUT(req: Request) {
  const [user, error] = await requireTuple(req);
  if (error) return error;
  await db.item.update({ data: await req.json() });
  return NextResponse.json({});
}
export async function PATCH(req: Request) {
  const auth = await requireAuth();
  if (auth.error) return auth.error;
  await db.item.update({ data: await req.json() });
  return NextResponse.json({});
}
export async function DELETE(req: Request) {
  const auth = await requireFlag(req);
  if (!auth.ok) return NextResponse.json({ error: auth.message }, { status: auth.status });
  await db.item.delete({ data: await req.json() });
  return NextResponse.json({});
}
export async function GET(req: Request) {
  const auth = await requireAuth();
  return NextResponse.json(await db.item.findMany());
}
