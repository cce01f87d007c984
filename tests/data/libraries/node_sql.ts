import express from 'express';
import { CompiledQuery, Kysely, sql as ksql } from 'kysely';
import connect, { sql } from '@databases/pg';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client as Presto } from 'presto-client';
import { Trino } from 'trino-client';
import { MikroORM } from '@mikro-orm/postgresql';

const app = express();
const kysely = new Kysely<any>({} as any);
const pool = connect();

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
