import { NextResponse } from 'next/server';
import { getServerSession } from 'next-auth';
import { options } from '../../../../auth';

export async function GET(request: Request, { params }: { params: { id: string } }) {
  const session = await getServerSession(options);
  if (!session) {
    return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  }
  return NextResponse.json({ id: params.id });
}

export async function DELETE(request: Request, { params }) {
  return new NextResponse(null, { status: 204 });
}
