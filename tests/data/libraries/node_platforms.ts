import { initTRPC } from '@trpc/server';
import * as older from '@trpc/server';
import { os } from '@orpc/server';
import { APIGatewayProxyHandler, Context } from 'aws-lambda';
import { app } from '@azure/functions';
import { defineEventHandler, getQuery } from 'h3';
import { Params } from '@feathersjs/feathers';
import { get, param } from '@loopback/rest';
import router from '@adonisjs/core/services/router';
import type { HttpContext } from '@adonisjs/core/http';
import db from '@adonisjs/lucid/services/db';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { onCall } from 'firebase-functions/v2/https';
import { cookies, headers } from 'next/headers';
import { z } from 'zod';
import fs from 'fs';

const t = initTRPC.context<object>().create();
const named = t.procedure.use(t.middleware(({ ctx, next }) => next({ ctx })));
const schema = z.object({ name: z.string(), count: z.number() });

export const procedures = t.router({
  text: t.procedure.input(z.string()).query(({ input }) => fs.readFileSync(`/x/${input}`)), // $ path-traversal
  count: named.input(schema).mutation(async ({ input, ctx }) => fs.readFileSync(`/x/${input.count}`)),
  name: named.input(schema).output(z.any()).mutation(({ input: { name } }) => fs.readFileSync(`/x/${name}`)), // $ path-traversal
  own: t.procedure.input((one: unknown) => one as string).query((given) => fs.readFileSync(`/x/${given.input}`)), // $ path-traversal
  id: t.procedure.input(z.object({ id: z.string().uuid() })).query(({ input }) => fs.readFileSync(`/x/${input.id}`)),
  none: t.procedure.query(({ ctx }) => fs.readFileSync(`/x/${(ctx as any).user.id}`)),
});
export const before = older.router().query('hello', {
  input: schema,
  resolve: ({ input }) => fs.readFileSync(`/x/${input.name}`), // $ path-traversal
});
export const procedure = os.input(schema).handler(async ({ input }) => fs.readFileSync(`/x/${input.name}`)); // $ path-traversal

export const typed: APIGatewayProxyHandler = async ({ pathParameters, requestContext }) => {
  fs.readFileSync(`/x/${pathParameters?.id}`); // $ path-traversal
  fs.readFileSync(`/x/${requestContext.requestId}`);
  return { statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: `<p>${pathParameters?.id}` }; // $ cross-site-scripting
};
export const called = (event: any, context: Context, callback: any) => {
  fs.readFileSync(`/x/${event.queryStringParameters.name}`); // $ path-traversal
  callback(null, { statusCode: 302, headers: { Location: event.queryStringParameters.next } }); // $ open-redirect
};
export const job = (event: any) => fs.readFileSync(`/x/${event.name}`);

app.http('page', {
  handler: async (request) => {
    if (request.query.get('json')) return { jsonBody: { name: request.query.get('name') } };
    return { headers: { 'Content-Type': 'text/html' }, body: `<p>${request.query.get('name')}` }; // $ cross-site-scripting
  },
});
export const function3 = async (context: any, req: any) => fs.readFileSync(`/x/${req.body.name}`); // $ path-traversal
export const callable = onCall((request) => fs.readFileSync(`/x/${request.data.name}`)); // $ path-traversal

export default defineEventHandler(async (event) => {
  fs.readFileSync(`/x/${event.context.params?.id}`); // $ path-traversal
  fs.readFileSync(`/x/${event.context.user.id}`);
  return `<p>${getQuery(event).name}`; // $ cross-site-scripting
});

export class Notes {
  async find(params: Params) {
    return fs.readFileSync(`/x/${params.query?.name}`); // $ path-traversal
  }
  async create(data: any, params: Params) {
    fs.readFileSync(`/x/${(params as any).user.id}`);
    return fs.readFileSync(`/x/${data.name}`); // $ path-traversal
  }
}

export class Pings {
  @get('/pings/{id}')
  text(@param.path.string('id') id: string) {
    return fs.readFileSync(`/x/${id}`); // $ path-traversal
  }
  @get('/numbers/{id}')
  number(@param.path.number('id') id: any, @param.query.boolean('all') all: any) {
    return fs.readFileSync(`/x/${id}/${all}`);
  }
}

router.get('/', async ({ request, response, auth }: any) => {
  await db.rawQuery(`SELECT id FROM notes WHERE name = '${request.input('name')}'`); // $ sql-built-from-strings
  await db.rawQuery('SELECT id FROM notes WHERE name = ?', [request.input('name')]);
  fs.readFileSync(`/x/${auth.user.id}`);
  return response.redirect(request.input('next')); // $ open-redirect
});
export class Controller {
  show({ request, params, response }: HttpContext) {
    fs.readFileSync(`/x/${params.id}`); // $ path-traversal
    response.redirect().toPath(request.qs().next); // $ open-redirect
    return response.download(`/x/${request.param('file')}`); // $ path-traversal
  }
}

@WebSocketGateway()
export class Gateway {
  @SubscribeMessage('read')
  read(@MessageBody() name: string) {
    return fs.readFileSync(`/x/${name}`); // $ path-traversal
  }
}

export async function GET() {
  fs.readFileSync(`/x/${(await cookies()).get('name')?.value}`); // $ path-traversal
  fs.readFileSync(`/x/${(await headers()).get('x-name')}`); // $ path-traversal
}

export async function getServerSideProps(context: any) {
  fs.readFileSync(`/x/${context.params.id}`); // $ path-traversal
  return { redirect: { destination: context.query.next, permanent: false } }; // $ open-redirect
}
