import express from 'express';
import { CompiledQuery, Kysely, sql as ksql } from 'kysely';
import connect, { sql } from '@databases/pg';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client as Presto } from 'presto-client';
import { Trino } from 'trino-client';
import { MikroORM } from '@mikro-orm/postgresql';
import { Pool } from 'pg';
import format from 'pg-format';
import { OpenAPIBackend } from 'openapi-backend';
import { initServer } from '@ts-rest/express';
import { contract } from './contract';
import { DataSource } from 'typeorm';
import { User } from './user';

const app = express();
const kysely = new Kysely<any>({} as any);
const pool = connect();
const pg = new Pool();
const orm = new DataSource({ type: 'postgres', entities: [User] });

app.get('/builders', async (req, res) => {
  const id = req.query.id as string;
  await kysely.executeQuery(CompiledQuery.raw('select ' + id)); // $ sql-built-from-strings
  await kysely.executeQuery(CompiledQuery.raw('select $1', [id]));
  await ksql`select ${id}`.execute(kysely);
  await pool.query(sql`SELECT * FROM t ORDER BY ${sql.__dangerous__rawValue(id)}`); // $ sql-built-from-strings
  await pool.query(sql`SELECT * FROM t WHERE id = ${id}`);
  const orm = await MikroORM.init();
  await orm.em.getConnection().execute('select ' + id); // $ sql-built-from-strings
  await orm.em.fork().getConnection().execute('select ?', [id]);
});

app.get('/engines', async (req, res) => {
  const id = req.query.id as string;
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  await duck.runAndReadAll(`SELECT ${id}`); // $ sql-built-from-strings
  await duck.runAndReadAll('SELECT $1', [id]);
  new Presto({}).execute({ query: 'SELECT ' + id }); // $ sql-built-from-strings
  new Presto({}).execute({ query: 'SELECT 1', schema: 'main' });
  await Trino.create({}).query('SELECT ' + id); // $ sql-built-from-strings
  await Trino.create({}).query('SELECT 1');
});

app.get('/sorted', async (req, res) => {
  const sort = String(req.query.sort);
  const users = orm.getRepository(User).createQueryBuilder('u');
  users.orderBy(sort, 'ASC'); // $ sql-built-from-strings
  users.addSelect(req.query.field as string); // $ sql-built-from-strings
  users.groupBy(sort); // $ sql-built-from-strings
  users.orderBy(['name', 'age'].includes(sort) ? sort : 'id', req.query.way === 'desc' ? 'DESC' : 'ASC');
  users.where('u.name = :name', { name: sort });
  res.json(await users.getMany());
});

app.get('/formatted', async (req, res) => {
  const name = req.query.name;
  await pg.query(format('SELECT id FROM t WHERE name = %L ORDER BY %s', name, req.query.sort)); // $ sql-built-from-strings
  await pg.query(format('SELECT %1$s FROM t WHERE name = %2$L', req.query.column, name)); // $ sql-built-from-strings
  await pg.query(format.withArray('SELECT id FROM t WHERE name = %L AND %s', [name, req.query.rest])); // $ sql-built-from-strings
  await pg.query(format('SELECT %I FROM t WHERE name = %L AND id = %s', req.query.column, name, Number(req.query.id)));
  await pg.query(format.withArray('SELECT id FROM t WHERE a = %L', [name]));
});

const backend = new OpenAPIBackend({
  definition: './openapi.yml',
  handlers: {
    getPet: async (c, req, res) => pg.query(`SELECT id FROM pets WHERE id = ${c.request.params.id}`), // $ sql-built-from-strings
    getPets: async (c) => pg.query('SELECT id FROM pets WHERE kind = $1', [c.request.query.kind]),
  },
});
backend.register('findPet', (c) => pg.query(`SELECT id FROM pets WHERE name = '${c.request.query.name}'`)); // $ sql-built-from-strings

initServer().router(contract, {
  getPost: async ({ params: { id } }) => {
    await pg.query(`SELECT id FROM posts WHERE id = ${id}`); // $ sql-built-from-strings
    return { status: 200, body: {} };
  },
  admin: {
    drop: {
      handler: async ({ body }) => {
        await pg.query('DELETE FROM posts WHERE title = $1', [body.title]);
        await pg.query("DELETE FROM posts WHERE title = '" + body.title + "'"); // $ sql-built-from-strings
        return { status: 201, body: {} };
      },
    },
  },
});
