import { NextResponse } from 'next/server';
import { lookUp } from './sessions';

export const options = {};

export function secured(handler) {
  return async (request: Request) => {
    if (!(await lookUp(request))) return NextResponse.json({}, { status: 401 });
    return handler(request);
  };
}

export async function checkUser(request: Request) {
  return lookUp(request);
}
