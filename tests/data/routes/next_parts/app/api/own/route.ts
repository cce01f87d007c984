import { NextResponse } from "next/server";
import { requireAuth } from "../../../auth";
import { db } from "../../../db";

export async function GET(req: Request) {
  const { user } = await requireAuth();
  return NextResponse.json(await db.item.findMany({ where: { userId: user.id } }));
}

export async function DELETE(req: Request) {
  await requireAuth();
  await db.item.deleteMany();
  return NextResponse.json({});
}
