import { NextResponse } from 'next/server';
import { checkUser, secured } from '../../../auth';

export const POST = secured(async (request: Request) => NextResponse.json(await request.json()));

export async function PUT(request: Request) {
  await checkUser(request);
  return NextResponse.json({});
}
